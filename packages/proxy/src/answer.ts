import type { AcceptedAnswer, AnsweredProblem, RefusalCode } from "@activity/core";
import { httpContract } from "@activity/core";

/** What a request is answered with. */
export interface ProxyAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for none. */
  readonly body: string;
}

/** What a refusal says. */
export interface RefusalInput {
  readonly status: number;
  readonly code: RefusalCode;
  readonly detail: string;
  /** Further members of the problem body. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Ends the work on a request with an answer. Thrown and caught inside the proxy only. */
export class Refusal extends Error {
  readonly input: RefusalInput;

  constructor(input: RefusalInput) {
    super(input.detail);
    this.name = "Refusal";
    this.input = input;
  }
}

/** Makes the body of a refused request: problem details (RFC 9457) with a stable `code`. */
export function refusalAnswer(input: RefusalInput, requestId: string): ProxyAnswer {
  const { status, code, detail, members, headers } = input;
  const body = { title: titles[status] ?? "Error", status, code, detail, request_id: requestId, ...members };
  return {
    status,
    headers: { "content-type": httpContract.problemContentType, ...headers },
    body: JSON.stringify(body),
  };
}

/** Makes the 202. */
export function acceptedAnswer(body: AcceptedAnswer): ProxyAnswer {
  return { status: httpContract.status.accepted, headers: json, body: JSON.stringify(body) };
}

const json = { "content-type": "application/json" };

/** The first problems, and how many were left out. */
export function listProblems(problems: readonly AnsweredProblem[]): {
  readonly problems?: readonly AnsweredProblem[];
  readonly problems_omitted?: number;
} {
  const omitted = problems.length - httpContract.maxProblems;
  return {
    ...(problems.length > 0 ? { problems: problems.slice(0, httpContract.maxProblems) } : {}),
    ...(omitted > 0 ? { problems_omitted: omitted } : {}),
  };
}

/** A refusal after which the same request may be sent again. */
export function unavailable(code: RefusalCode, detail: string, retryAfterMs = 5_000): Refusal {
  const status =
    code === "too_many_requests" ? httpContract.status.tooManyRequests : httpContract.status.unavailable;
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1_000));
  return new Refusal({ status, code, detail, headers: { "retry-after": String(seconds) } });
}

const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  405: "Method Not Allowed",
  408: "Request Timeout",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};
