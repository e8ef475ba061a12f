import type { Clock, Timer } from "@activity/core";

/** Time limits that are all equally long: one timer serves them, since the first to be set is the first to be over. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #waiting = new Set<Deadline>();
  #armed = false;

  constructor(clock: Clock, ms: number) {
    this.#clock = clock;
    this.#ms = ms;
  }

  /** Calls back once the time is over, unless it is cancelled before. Does not keep the process alive. */
  set(callback: () => void): Timer {
    const deadline = new Deadline(this.#waiting, this.#clock.monotonic() + this.#ms, callback);
    this.#waiting.add(deadline);
    if (!this.#armed) this.#arm(this.#ms);
    return deadline;
  }

  #arm(ms: number): void {
    this.#armed = true;
    this.#clock.setTimer(() => this.#fire(), ms, { unref: true });
  }

  #fire(): void {
    this.#armed = false;
    const nowMs = this.#clock.monotonic();
    for (const deadline of this.#waiting) {
      // A timer may fire a little early.
      const leftMs = deadline.overMs - nowMs;
      if (leftMs >= 1) return this.#arm(leftMs);
      deadline.cancel();
      deadline.callback();
    }
  }
}

class Deadline implements Timer {
  readonly overMs: number;
  readonly callback: () => void;
  readonly #waiting: Set<Deadline>;

  constructor(waiting: Set<Deadline>, overMs: number, callback: () => void) {
    this.#waiting = waiting;
    this.overMs = overMs;
    this.callback = callback;
  }

  cancel(): void {
    this.#waiting.delete(this);
  }
}
