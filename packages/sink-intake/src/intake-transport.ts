import type { Batch, Clock, Transport, TransportLimits, Verdict } from "@activity/core";
import { defaultLimits, httpContract, systemClock, toHttpVerdict } from "@activity/core";
import type { KyInstance } from "ky";
import { BodyCoding } from "./body-coding.ts";
import type { AuthHeaders, IntakeAuth } from "./intake-auth.ts";
import { AuthFailed } from "./intake-auth.ts";
import { transportSettings } from "./intake-settings.ts";
import type { AttemptEnd } from "./network-verdict.ts";
import { toNetworkVerdict } from "./network-verdict.ts";
import { readAnswer } from "./read-answer.ts";
import { RefusalCount } from "./refusal-count.ts";

/** Options of the HTTP transport. */
export interface IntakeTransportOptions {
  /** Where events are posted: `https://…/v1/events`. */
  readonly url: string;
  /** What proves who sends: a bearer token, name and password, or headers asked for before each request. */
  readonly auth?: IntakeAuth | undefined;
  /** @defaultValue the global `fetch` */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /**
   * How hard bodies are compressed by gzip, from 1 to 9; `false` for not at all. A server whose answers
   * offer zstd in `Accept-Encoding` gets that instead. @defaultValue 1
   */
  readonly gzip?: number | false | undefined;
  /** How long one attempt may take, its answer included, in milliseconds. @defaultValue 15,000 */
  readonly attemptMs?: number | undefined;
  /** Requests, and so connections, at a time: from 1 to 4. @defaultValue 4 */
  readonly maxInFlight?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** What is loaded when something is sent for the first time, so that a start costs nothing. */
interface Loaded {
  readonly ky: KyInstance;
  readonly coding: BodyCoding;
}

/**
 * Posts batches as NDJSON to an intake or a proxy. One request an attempt: redirects are not followed and
 * nothing is tried again here. What an answer means: `toHttpVerdict` of core.
 *
 * @throws INVALID_OPTION when an option is unusable.
 */
export function intakeTransport(options: IntakeTransportOptions): Transport {
  return countingTransport(options, new RefusalCount());
}

/** The same, with its refusals counted where others can look. */
export function countingTransport(options: IntakeTransportOptions, refusals: RefusalCount): Transport {
  return new IntakeTransport(options, refusals);
}

class IntakeTransport implements Transport {
  limits: TransportLimits;
  readonly #url: string;
  readonly #auth: AuthHeaders;
  readonly #options: IntakeTransportOptions;
  readonly #clock: Clock;
  readonly #attemptMs: number;
  readonly #gzip: number | false;
  readonly #refusals: RefusalCount;
  #loaded: Promise<Loaded> | undefined;

  constructor(options: IntakeTransportOptions, refusals: RefusalCount) {
    const { clock = systemClock } = options;
    const { url, auth, gzip, attemptMs, maxInFlight } = transportSettings(options);
    const { maxEvents, maxBytes } = defaultLimits.batch;
    this.#url = url;
    this.#auth = auth;
    this.#options = options;
    this.#refusals = refusals;
    this.#clock = clock;
    this.#attemptMs = attemptMs;
    this.#gzip = gzip;
    this.limits = { maxEvents, maxBytes, inFlight: maxInFlight, perLane: maxInFlight };
  }

  async send(batch: Batch, signal: AbortSignal): Promise<Verdict> {
    let end: AttemptEnd = "failed";
    const attempt = new AbortController();
    const stop = (why: AttemptEnd): void => {
      end = why;
      attempt.abort();
    };
    const onAbort = (): void => stop("aborted");
    if (signal.aborted) return toNetworkVerdict("aborted", undefined);
    signal.addEventListener("abort", onAbort, { once: true });
    const timer = this.#clock.setTimer(() => stop("timeout"), this.#attemptMs);
    try {
      // A callback for credentials or a fetch of the host's own may heed no signal.
      return await Promise.race([this.#post(batch, attempt.signal), whenAborted(attempt.signal)]);
    } catch (cause) {
      return cause instanceof AuthFailed ? withoutCredentials() : toNetworkVerdict(end, cause);
    } finally {
      timer.cancel();
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Idle connections belong to the platform's fetch, which lets the process end over them. */
  async close(): Promise<void> {
    this.#loaded = undefined;
  }

  async #post(batch: Batch, signal: AbortSignal): Promise<Verdict> {
    this.#loaded ??= load(this.#gzip);
    const { ky, coding } = await this.#loaded;
    const [auth, encoded] = await Promise.all([this.#auth(), coding.encode(batch.bytes)]);
    const response = await ky.post(this.#url, {
      // A view of bytes is a body, whichever buffer it looks at; the type asks for more.
      body: encoded.body as Uint8Array<ArrayBuffer>,
      headers: {
        ...auth,
        "content-type": httpContract.contentTypes.ndjson,
        ...(encoded.coding === "identity" ? {} : { "content-encoding": encoded.coding }),
        [httpContract.headers.sentAt]: new Date(this.#clock.now()).toISOString(),
      },
      signal,
      redirect: "manual",
      // Every attempt has one bound, the timer of `send`, which also covers the body of the answer.
      retry: 0,
      timeout: false,
      totalTimeout: false,
      throwHttpErrors: false,
      ...(this.#options.fetch === undefined ? {} : { fetch: this.#options.fetch }),
    });
    const { status, headers } = response;
    const answer = { status, retryAfter: headers.get("retry-after"), body: await readAnswer(response) };
    const unknownCoding = coding.learn(headers.get("accept-encoding"), encoded.coding);
    if (status === httpContract.status.unknownMediaType && unknownCoding) return codedAnew();
    const refusals = this.#refusals.count(status);
    const verdict = toHttpVerdict({ ...answer, refusals }, batch.count, this.#clock.now());
    return status === httpContract.status.tooLarge ? this.#learn(verdict, answer.body) : verdict;
  }

  /** What the server says that it takes bounds this batch and the next ones, so that they need no halving. */
  #learn(verdict: Verdict, body: unknown): Verdict {
    const { max_events: maxEvents, max_body_bytes: maxBytes } = Object(body) as Record<string, unknown>; // JSON of any shape.
    const { limits } = this;
    this.limits = {
      ...limits,
      maxEvents: smaller(limits.maxEvents, maxEvents),
      maxBytes: smaller(limits.maxBytes, maxBytes),
    };
    return verdict.kind === "split" ? { ...verdict, maxEvents: this.limits.maxEvents } : verdict;
  }
}

/** The smaller of two bounds, where the other is one. */
function smaller(bound: number, other: unknown): number {
  return typeof other === "number" && other >= 1 ? Math.min(bound, Math.floor(other)) : bound;
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** The server does not take the coding and has said which it takes: the next attempt uses one of those. */
function codedAnew(): Verdict {
  return { kind: "retry", reason: { code: "unknown_coding" }, afterMs: 0, unsent: true };
}

function withoutCredentials(): Verdict {
  const detail = "the credentials to send with could not be had";
  const reason = { code: "no_credentials", detail };
  return { kind: "retry", reason, scope: "destination", unsent: true, attention: true };
}

async function load(gzip: number | false): Promise<Loaded> {
  const [{ default: ky }, zlib] = await Promise.all([import("ky"), import("node:zlib")]);
  return { ky, coding: new BodyCoding(gzip, zlib) };
}
