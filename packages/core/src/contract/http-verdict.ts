import { misplacedPauseMs, unauthorizedPauseMs } from "../limits.ts";
import type { Reason } from "../ports/reason.ts";
import type { Verdict } from "../ports/transport.ts";
import type { RefusalCode } from "./refusal-codes.ts";
import { parseRetryAfter } from "./retry-after.ts";

/** An answer as a transport saw it. */
export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter?: string | null | undefined;
  /** The parsed body where it was JSON. */
  readonly body?: unknown;
  /** Answers in a row that refused us like this one, this one counted: pauses double. @defaultValue 1 */
  readonly refusals?: number | undefined;
}

/**
 * What an answer of the HTTP contract means for the batch it answers: the client's table, one for every
 * client.
 *
 * | answer | verdict |
 * | --- | --- |
 * | 2xx | delivered, but for the events named in `problems`; where the list was cut, the others are sent again |
 * | 408, 425, 429, 5xx | retry, after `Retry-After` |
 * | 413 | split down to the single event that is too large |
 * | 400, 422 | the events named are rejected, the others sent again; without names: split |
 * | 403 `consent_denied` | denied |
 * | 401, 403 | retry in 15 min, doubling to 6 h; needs attention |
 * | 404, 410, 3xx | retry in 1 h, doubling to 24 h; needs attention |
 * | other 4xx | rejected |
 *
 * @param count Events in the batch.
 * @param nowMs Wall-clock milliseconds, for a `Retry-After` with a date.
 */
export function toHttpVerdict(answer: HttpAnswer, count: number, nowMs: number): Verdict {
  const { status, refusals = 1 } = answer;
  const isOk = status >= 200 && status < 300;
  if (isOk || status === 400 || status === 422) return judgeEvents(answer, count, isOk);
  if (status === 413) return { kind: "split" };
  const denial: RefusalCode = "consent_denied";
  if (status === 403 && Object(answer.body).code === denial) return { kind: "denied" };
  const reason: Reason = { code: `http_${status}` };
  const unauthorized = status === 401 || status === 403;
  if (unauthorized || status === 404 || status === 410 || (status >= 300 && status < 400)) {
    const { first, max } = unauthorized ? unauthorizedPauseMs : misplacedPauseMs;
    const why = unauthorized ? "the server refuses the credentials" : "there is no intake at this address";
    return {
      kind: "retry",
      reason: { ...reason, detail: `${why} (${status})` },
      scope: "destination",
      afterMs: Math.min(first * 2 ** (refusals - 1), max),
      attention: true,
    };
  }
  if (status >= 400 && status < 500 && status !== 408 && status !== 425 && status !== 429)
    return { kind: "rejected", reason };
  const afterMs = parseRetryAfter(answer.retryAfter, nowMs);
  return { kind: "retry", reason, scope: "destination", ...(afterMs !== undefined && { afterMs }) };
}

/** What an answer says about single events; whatever else stands in its body is passed over. */
function judgeEvents({ status, body }: HttpAnswer, count: number, isOk: boolean): Verdict {
  const { problems, problems_omitted } = Object(body) as Record<string, unknown>; // JSON of any shape.
  const rejected = new Map<number, Reason>();
  for (const problem of Array.isArray(problems) ? (problems as unknown[]) : []) {
    const { index, code } = Object(problem) as { readonly index?: unknown; readonly code?: unknown };
    if (isIndex(index, count) && code !== undefined && !rejected.has(index))
      rejected.set(index, { code: String(code).slice(0, 64) });
  }
  if (rejected.size === 0) {
    if (isOk) return { kind: "delivered" };
    return count === 1 ? { kind: "rejected", reason: { code: `http_${status}` } } : { kind: "split" };
  }
  // An answer lists a hundred problems and counts the others: whoever is not listed may be one of those. Sent
  // again, the good ones are repeats, and the bad ones are listed next.
  const settled = isOk && !(Number(problems_omitted) > 0);
  const retry = settled ? [] : Array.from({ length: count }, (_, index) => index);
  const others = retry.filter((index) => !rejected.has(index));
  return { kind: "delivered", rejected: [...rejected], ...(others.length > 0 && { retry: others }) };
}

function isIndex(value: unknown, count: number): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < count;
}
