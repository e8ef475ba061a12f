import type { Clock, Timer } from "../ports/clock.ts";

/** One timer that can be moved. It keeps the process alive only when somebody waits for what it brings. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #timer: Timer | undefined;
  #at = Number.POSITIVE_INFINITY;
  #held = false;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings at `at`, by the clock's `monotonic()`; `Infinity` for not at all. With `held` the process stays alive. */
  set(at: number, held: boolean): void {
    if (at === this.#at && held === this.#held) return;
    this.#timer?.cancel();
    this.#at = at;
    this.#held = held;
    this.#timer = at === Number.POSITIVE_INFINITY ? undefined : this.#start();
  }

  #start(): Timer {
    return this.#clock.setTimer(() => this.#due(), this.#at - this.#clock.monotonic(), {
      unref: !this.#held,
    });
  }

  #due(): void {
    // Timers may fire a little early; the deadline is what counts.
    if (this.#clock.monotonic() < this.#at) {
      this.#timer = this.#start();
      return;
    }
    this.#at = Number.POSITIVE_INFINITY;
    this.#timer = undefined;
    this.#ring();
  }
}
