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
