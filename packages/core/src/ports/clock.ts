/** A timer that has been set and not yet fired. */
export interface Timer {
  /** Takes the timer back. Harmless when it has fired. */
  cancel(): void;
}

/**
 * The one door for time and chance. Everything in these packages that asks what time it is, waits, or
 * throws dice does so here, so that a test can own all three.
 */
export interface Clock {
  /** Wall-clock time in milliseconds since the Unix epoch. May jump. Used for `event_time` only. */
  now(): number;
  /** Milliseconds from an arbitrary start, never going back. Every duration and deadline is measured with it. */
  monotonic(): number;
  /** A number in [0, 1). */
  random(): number;
  /**
   * A random id that nobody else ever gets, for the name of a source: 20 or 21 characters of `A–Z a–z 0–9 _ -`.
   * Under another name an `audit` takes the ids for somebody else's. @defaultValue a nanoid
   */
  readonly createId?: (() => string) | undefined;
  /** A time of `now` as RFC 3339 in UTC with milliseconds. @defaultValue as `Date.prototype.toJSON` writes it */
  readonly formatTime?: ((ms: number) => string) | undefined;
  /** Resolves after `ms` milliseconds; keeps the process alive meanwhile. Resolves at once when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `callback` once after `ms` milliseconds. With `unref` the wait does not keep the process alive. */
  setTimer(callback: () => void, ms: number, options?: { readonly unref?: boolean }): Timer;
}
