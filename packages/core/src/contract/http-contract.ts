import { maxDepth, maxEventBytes, maxKeys } from "../limits.ts";

/** Begins the name of the cookie that a server sets for a batch whose page may be gone; the rest is the `batch_id`. */
export const receiptPrefix = "activity_receipt_";

/**
 * The HTTP contract of proxy and intake, as data, so that clients and servers cannot drift. The path is
 * the host's choice.
 */
export const httpContract = {
  method: "POST",
  /** Media types of a body; `text/plain` is what a closing page may send. */
  contentTypes: { ndjson: "application/x-ndjson", json: "application/json", text: "text/plain" },
  /** Codings of a body; one at a time. zstd where the runtime has it. */
  contentEncodings: ["identity", "gzip", "deflate", "zstd"],
  problemContentType: "application/problem+json",
  headers: { sentAt: "activity-sent-at" },
  receiptMaxAgeSeconds: 600,
  preflightMaxAgeSeconds: 7_200,
  /** Problems listed in one answer; the others are counted in `problems_omitted`. */
  maxProblems: 100,
  dedupe: { windowMs: 604_800_000, maxIds: 1_000_000, maxBytes: 67_108_864 },
  /** How long a `delivered` answer is waited for before the write is withdrawn. */
  deliveredTimeoutMs: 5_000,
  status: {
    /** At least one event was valid. */
    accepted: 202,
    preflight: 204,
    /** No event at all, undecodable, or not JSON. */
    unreadable: 400,
    notSignedIn: 401,
    originRefused: 403,
    wrongMethod: 405,
    slowBody: 408,
    tooLarge: 413,
    unknownMediaType: 415,
    /** Events read, none valid. */
    noneValid: 422,
    tooManyRequests: 429,
    unavailable: 503,
  },
} as const;

/** What a `batch_id` must look like to get a receipt. */
export const batchIdPattern: RegExp = /^[A-Za-z0-9_-]{16,64}$/;

/** Bounds of a request; every one is an option of proxy and intake. */
export const httpLimits: HttpLimits = {
  maxBodyBytes: 1_048_576,
  maxEventBytes,
  maxEvents: 2_000,
  maxDepth,
  maxKeys,
  maxBytesInFlight: 67_108_864,
};

/** What {@link httpLimits} holds. */
export interface HttpLimits {
  /** Bytes of a body, on the wire and again after decoding. */
  readonly maxBodyBytes: number;
  readonly maxEventBytes: number;
  /** Events of one body. */
  readonly maxEvents: number;
  readonly maxDepth: number;
  readonly maxKeys: number;
  /** Bytes of bodies being read at one time, over all requests. */
  readonly maxBytesInFlight: number;
}

/** The body of a 202: the four counts add up to the events read. */
export interface AcceptedAnswer {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly discarded: number;
  readonly request_id: string;
  readonly problems?: readonly AnsweredProblem[];
  readonly problems_omitted?: number;
}

/** One event that was refused, in an answer. */
export interface AnsweredProblem {
  /** Place of the event in the body, from 0. */
  readonly index: number;
  readonly event_id?: string;
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}
