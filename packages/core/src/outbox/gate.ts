import { waitAfterFailure } from "../contract/retry-after.ts";
import type { Clock } from "../ports/clock.ts";

/** How long to wait between tries: a random part of `baseMs · 2ⁿ`, at most `capMs`. */
export interface RetryOptions {
  readonly baseMs: number;
  readonly capMs: number;
}

/**
 * Keeps a lane, or the whole destination, closed after a failure and lets one probe through when the time
 * is up. Success opens it wide.
 */
export class Gate {
  readonly #clock: Clock;
  readonly #retry: RetryOptions;
  #failures = 0;
  /** The next hop itself asked to be left alone until then. */
  #askedUntil = 0;
  /** Closed until this time, by the clock's `monotonic()`. */
  until = 0;

  constructor(clock: Clock, retry: RetryOptions) {
    this.#clock = clock;
    this.#retry = retry;
  }

  /** Whether one more may be sent while `inFlight` are under way. */
  admits(inFlight: number): boolean {
    return this.#failures === 0 || (inFlight === 0 && this.#clock.monotonic() >= this.until);
  }

  /** Whether the last try failed. */
  get failing(): boolean {
    return this.#failures > 0;
  }

  /** Closes the gate, see {@link waitAfterFailure}. What the next hop asked for is bounded by the transport. */
  fail(afterMs?: number): void {
    const now = this.#clock.monotonic();
    // Batches that were under way together fail together: that is one failure.
    if (this.#failures === 0 || now >= this.until) this.#failures++;
    const { baseMs, capMs } = this.#retry;
    const backoffMs = this.#clock.random() * Math.min(capMs, baseMs * 2 ** Math.min(this.#failures - 1, 30));
    if (afterMs !== undefined) this.#askedUntil = Math.max(this.#askedUntil, now + afterMs);
    this.until = Math.max(this.until, now + waitAfterFailure(this.#failures, backoffMs, afterMs));
  }

  /** Opens the gate, unless it was closed on request while what succeeded was under way. */
  succeed(): void {
    if (this.#clock.monotonic() < this.#askedUntil) return;
    this.#failures = 0;
    this.until = 0;
  }

  /** Lets a probe through now, unless the next hop itself asked to be left alone. */
  hurry(): void {
    this.until = this.#askedUntil;
  }
}
