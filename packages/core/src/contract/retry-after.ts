import { retryAfterMaxMs } from "../limits.ts";

/**
 * What a `Retry-After` header asks for, in milliseconds: seconds or an HTTP date (RFC 9110 §10.2.3).
 * Negative is 0; more than an hour is an hour; `undefined` when it is absent or says nothing.
 *
 * @param nowMs Wall-clock milliseconds, for dates.
 */
export function parseRetryAfter(header: string | null | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? "";
  // A bare number is seconds; a date always has letters in it.
  const ms = /^-?\d+(?:\.\d+)?$/.test(text)
    ? Number(text) * 1_000
    : /[a-z]/i.test(text)
      ? Date.parse(text) - nowMs
      : Number.NaN;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), retryAfterMaxMs);
}

/** What asks for less is a zero, the rest of a second, or a date under a clock that is fast. */
const leastAskedMs = 1_000;

/**
 * How long a client waits after a failure, in milliseconds: as long as the server asks, else as its own back-off
 * says. A server may ask it to come at once, or in less than a second, once: after the second failure in a row
 * such a wish is no shorter than the own back-off.
 *
 * @param failures Failures in a row, this one counted.
 */
export function waitAfterFailure(failures: number, backoffMs: number, askedMs?: number): number {
  if (askedMs === undefined) return backoffMs;
  return failures > 1 && askedMs < leastAskedMs ? Math.max(askedMs, backoffMs) : askedMs;
}
