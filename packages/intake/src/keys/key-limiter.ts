import type { Clock } from "@activity/core";
import type { WriteKey } from "./write-key.ts";

/** How many seconds' worth a key may send at once. */
const burstSeconds = 10;

interface Bucket {
  /** Below 0: the key has sent more than it may. */
  tokens: number;
  filledMs: number;
}

/**
 * How fast each key may send. How many events a request holds is known when it was answered: it is paid for
 * then, and what is owed is waited for before the next one.
 */
export class KeyLimiter {
  readonly #clock: Clock;
  readonly #buckets = new WeakMap<WriteKey, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long a key must wait, in milliseconds; 0 lets it send. */
  waitMs(key: WriteKey): number {
    const { eventsPerSecond } = key;
    if (eventsPerSecond === undefined) return 0;
    const { tokens } = this.#filled(key, eventsPerSecond);
    return tokens > 0 ? 0 : Math.ceil(((1 - tokens) * 1_000) / eventsPerSecond);
  }

  /** Charges a key for a request; one that held nothing costs as much as one event. */
  charge(key: WriteKey, events: number): void {
    const { eventsPerSecond } = key;
    if (eventsPerSecond !== undefined) this.#filled(key, eventsPerSecond).tokens -= Math.max(1, events);
  }

  #filled(key: WriteKey, eventsPerSecond: number): Bucket {
    const now = this.#clock.monotonic();
    const full = eventsPerSecond * burstSeconds;
    const bucket = this.#buckets.get(key) ?? { tokens: full, filledMs: now };
    bucket.tokens = Math.min(full, bucket.tokens + ((now - bucket.filledMs) * eventsPerSecond) / 1_000);
    bucket.filledMs = now;
    this.#buckets.set(key, bucket);
    return bucket;
  }
}
