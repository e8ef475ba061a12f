import { maxRetryMs, retryMs } from "../browser-limits.ts";
import type { PageClock } from "../clock.ts";

/** Says when the next request may be made. */
export interface Gate {
  /** Requests in a row that failed. */
  readonly failures: number;
  /** How long it stays closed, in milliseconds; 0 or less when it is open. */
  waitMs(): number;
  /** Whether the server asked to be left alone. */
  isAsked(): boolean;
  /** A request failed; `afterMs` is what the server asked for. */
  fail(afterMs?: number): void;
  succeed(): void;
  /** Opens it, unless the server asked to be left alone. */
  hurry(): void;
}

/** Makes an open gate. It closes for a random part of 1 s · 2ⁿ, at most 5 min, or for as long as the server asks. */
export function createGate(clock: PageClock): Gate {
  let failures = 0;
  /** By the clock's `monotonic()`. */
  let openAt = 0;
  let askedUntil = 0;
  return {
    get failures() {
      return failures;
    },
    waitMs: () => openAt - clock.monotonic(),
    isAsked: () => clock.monotonic() < askedUntil,
    fail: (afterMs) => {
      const backoffMs = clock.random() * Math.min(maxRetryMs, retryMs * 2 ** failures++);
      // 0, or a date that is past for a clock that is fast, is heeded once.
      openAt = clock.monotonic() + (failures > 1 ? afterMs || backoffMs : (afterMs ?? backoffMs));
      if (afterMs) askedUntil = openAt;
    },
    succeed: () => {
      failures = openAt = 0;
    },
    hurry: () => {
      failures = 0;
      openAt = askedUntil;
    },
  };
}
