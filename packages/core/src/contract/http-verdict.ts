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
  const { status } = answer;
  const reason: Reason = { code: `http_${status}` };
  if (status >= 200 && status < 300) return accepted(answer, count);
  if (status === 413) return { kind: "split" };
  if (status === 400 || status === 422) return badRequest(answer, count);
  if (status === 403 && isDenial(answer.body)) return { kind: "denied" };
  if (status === 401 || status === 403)
    return pause(answer, unauthorizedPauseMs, "the server refuses the credentials");
  if (status === 404 || status === 410 || (status >= 300 && status < 400)) {
    return pause(answer, misplacedPauseMs, "there is no intake at this address");
  }
  if (status === 408 || status === 425 || status === 429 || status < 400 || status >= 500) {
    const afterMs = parseRetryAfter(answer.retryAfter, nowMs);
    return { kind: "retry", reason, scope: "destination", ...(afterMs === undefined ? {} : { afterMs }) };
  }
  return { kind: "rejected", reason };
}

function isDenial(body: unknown): boolean {
  const denial: RefusalCode = "consent_denied";
  return typeof body === "object" && body !== null && "code" in body && body.code === denial;
}

function pause(
  { status, refusals = 1 }: HttpAnswer,
  { first, max }: { readonly first: number; readonly max: number },
  why: string,
): Verdict {
  const afterMs = Math.min(first * 2 ** (refusals - 1), max);
  return {
    kind: "retry",
    reason: { code: `http_${status}`, detail: `${why} (${status})` },
    scope: "destination",
    afterMs,
    attention: true,
  };
}

function accepted(answer: HttpAnswer, count: number): Verdict {
  const { rejected } = rejectedOf(answer, count);
  if (rejected === undefined) return { kind: "delivered" };
  const { body } = answer;
  const unlisted =
    typeof body === "object" && body !== null && "problems_omitted" in body
      ? Number(body.problems_omitted)
      : 0;
  // An answer lists a hundred problems and counts the others: whoever is not listed may be one of those. Sent
  // again, the good ones are repeats, and the bad ones are listed next.
  return unlisted > 0 ? withoutRejected(rejected, count) : { kind: "delivered", rejected };
}

function badRequest(answer: HttpAnswer, count: number): Verdict {
  const { rejected } = rejectedOf(answer, count);
  if (rejected !== undefined) return withoutRejected(rejected, count);
  return count === 1 ? { kind: "rejected", reason: { code: `http_${answer.status}` } } : { kind: "split" };
}

/** The events named are rejected, the others sent again. */
function withoutRejected(rejected: readonly (readonly [number, Reason])[], count: number): Verdict {
  const named = new Set(rejected.map(([index]) => index));
  const retry = Array.from({ length: count }, (_, index) => index).filter((index) => !named.has(index));
  return { kind: "delivered", rejected, ...(retry.length > 0 ? { retry } : {}) };
}

/** The events that an answer names as refused; whatever else stands in the body is passed over. */
function rejectedOf(
  { body }: HttpAnswer,
  count: number,
): { readonly rejected?: readonly (readonly [number, Reason])[] } {
  const problems: unknown =
    typeof body === "object" && body !== null && "problems" in body ? body.problems : undefined;
  if (!Array.isArray(problems)) return {};
  const rejected = new Map<number, Reason>();
  for (const problem of problems as unknown[]) {
    if (typeof problem !== "object" || problem === null || !("index" in problem) || !("code" in problem))
      continue;
    const { index, code } = problem;
    if (
      typeof index !== "number" ||
      !Number.isInteger(index) ||
      index < 0 ||
      index >= count ||
      rejected.has(index)
    )
      continue;
    rejected.set(index, { code: String(code).slice(0, 64) });
  }
  return rejected.size > 0 ? { rejected: [...rejected] } : {};
}
