import type { Clock } from "@activity/core";

/** How often events of one type came. */
export interface TypeRate {
  readonly type: string;
  readonly total: number;
  /** Events in each of the last seconds, oldest first; the current second is not among them. */
  readonly seconds: readonly number[];
}

/** Types that are told apart; what comes after those is `other`. */
const maxTypes = 50;
const windowSeconds = 60;
const other = "other";

interface Counter {
  total: number;
  /** By second, modulo one more than the window, so that the current one does not overwrite the oldest. */
  readonly counts: number[];
}

/** Counts events by type over the last minute. */
export class TypeRates {
  readonly #clock: Clock;
  readonly #types = new Map<string, Counter>();
  #second: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#second = this.#now();
  }

  add(type: string, count: number): void {
    const second = this.#advance();
    const counter = this.#counter(type);
    counter.total += count;
    const place = second % (windowSeconds + 1);
    counter.counts[place] = (counter.counts[place] ?? 0) + count;
  }

  /** The most frequent first. */
  snapshot(): readonly TypeRate[] {
    const second = this.#advance();
    return [...this.#types]
      .map(([type, { total, counts }]) => ({
        type,
        total,
        seconds: Array.from(
          { length: windowSeconds },
          (_, at) => counts[(second + 1 + at) % (windowSeconds + 1)] ?? 0,
        ),
      }))
      .toSorted((a, b) => b.total - a.total);
  }

  #counter(type: string): Counter {
    const label = this.#types.has(type) || this.#types.size < maxTypes ? type : other;
    const known = this.#types.get(label);
    if (known !== undefined) return known;
    const counter = { total: 0, counts: new Array<number>(windowSeconds + 1).fill(0) };
    this.#types.set(label, counter);
    return counter;
  }

  /** Clears what has become too old to count; gives the current second. */
  #advance(): number {
    const second = this.#now();
    const passed = Math.min(second - this.#second, windowSeconds + 1);
    for (let back = 0; back < passed; back++) {
      const place = (second - back) % (windowSeconds + 1);
      for (const { counts } of this.#types.values()) counts[place] = 0;
    }
    this.#second = second;
    return second;
  }

  #now(): number {
    return Math.floor(this.#clock.monotonic() / 1_000);
  }
}
