import type { Clock } from "@activity/core";

/** How many requests one sender may make: a principal, and beside it an address. */
export interface RateLimit {
  /** In the long run. */
  readonly perMinute: number;
  /** At once, after a pause. @defaultValue a tenth of `perMinute`, at least 10 */
  readonly burst?: number | undefined;
  /** Senders that are kept in mind; above this whoever was seen first is forgotten, and may send afresh. @defaultValue 10,000 */
  readonly maxSenders?: number | undefined;
}

interface Bucket {
  tokens: number;
  /** Monotonic milliseconds. */
  filledMs: number;
}

/** Counts requests by sender, in buckets that fill again with time. */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #perMs: number;
  readonly #burst: number;
  readonly #maxSenders: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(
    { perMinute, burst = Math.max(10, perMinute / 10), maxSenders = 10_000 }: RateLimit,
    clock: Clock,
  ) {
    this.#clock = clock;
    this.#perMs = perMinute / 60_000;
    this.#burst = Math.max(1, burst);
    this.#maxSenders = maxSenders;
  }

  /** How many senders are kept in mind. */
  get size(): number {
    return this.#buckets.size;
  }

  /** How long a request of these senders must wait, in milliseconds; 0 lets it pass, and counts it for each of them. */
  waitMs(senders: readonly string[]): number {
    const buckets = senders.map((sender) => this.#bucketOf(sender));
    const missing = Math.max(0, ...buckets.map(({ tokens }) => 1 - tokens));
    if (missing > 0) return Math.ceil(missing / this.#perMs);
    for (const bucket of buckets) bucket.tokens--;
    return 0;
  }

  #bucketOf(sender: string): Bucket {
    const nowMs = this.#clock.monotonic();
    let bucket = this.#buckets.get(sender);
    if (bucket === undefined) {
      bucket = { tokens: this.#burst, filledMs: nowMs };
      this.#buckets.set(sender, bucket);
      const [oldest] = this.#buckets.keys();
      if (this.#buckets.size > this.#maxSenders && oldest !== undefined) this.#buckets.delete(oldest);
    }
    bucket.tokens = Math.min(this.#burst, bucket.tokens + (nowMs - bucket.filledMs) * this.#perMs);
    bucket.filledMs = nowMs;
    return bucket;
  }
}
