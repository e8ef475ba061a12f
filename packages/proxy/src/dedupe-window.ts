import type { Clock } from "@activity/core";
import { httpContract } from "@activity/core";
import type { DedupeOptions } from "./proxy-options.ts";

/** What one entry costs in memory beside its characters: a map entry and the header of a string. */
const entryBytes = 64;

/**
 * Ids that have been taken, for recognising repeats, and ids whose write is under way with that write.
 * A repeat does not refresh its id. When the window is full the oldest go.
 */
export class DedupeWindow<Write extends object> {
  readonly #clock: Clock;
  readonly #windowMs: number;
  readonly #maxIds: number;
  readonly #maxBytes: number;
  /** In the order of entry, with the second of entry: small integers take no room of their own. */
  readonly #taken = new Map<string, number>();
  readonly #reserved = new Map<string, Write>();
  #bytes = 0;

  constructor(options: DedupeOptions, clock: Clock) {
    const { dedupe } = httpContract;
    this.#clock = clock;
    this.#windowMs = options.windowMs ?? dedupe.windowMs;
    this.#maxIds = options.maxIds ?? dedupe.maxIds;
    this.#maxBytes = options.maxBytes ?? dedupe.maxBytes;
  }

  /** Ids remembered now. */
  get size(): number {
    return this.#taken.size;
  }

  /** `true` where an id has been taken, the write that carries it where one does, else `undefined`. */
  find(key: string): true | Write | undefined {
    const second = this.#taken.get(key);
    if (second === undefined) return this.#reserved.get(key);
    if (!this.#isOver(second)) return true;
    this.#forget(key);
    return undefined;
  }

  /** Says that a write carries an id. */
  reserve(key: string, write: Write): void {
    this.#reserved.set(key, write);
  }

  /** The write did not take the id: it may come again. */
  release(key: string): void {
    this.#reserved.delete(key);
  }

  /** The id has been taken. */
  commit(key: string): void {
    this.#reserved.delete(key);
    if (this.#taken.has(key)) return;
    this.#taken.set(key, this.#second());
    this.#bytes += key.length + entryBytes;
    if (this.#isFull()) this.#shrink();
  }

  #isFull(): boolean {
    return this.#taken.size > this.#maxIds || this.#bytes > this.#maxBytes;
  }

  /** What is too old goes when it is asked for, and otherwise here: it stands at the front. */
  #shrink(): void {
    for (const [oldest, second] of this.#taken) {
      if (!this.#isFull() && !this.#isOver(second)) break;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    if (this.#taken.delete(key)) this.#bytes -= key.length + entryBytes;
  }

  #isOver(second: number): boolean {
    return (this.#second() - second) * 1_000 >= this.#windowMs;
  }

  #second(): number {
    return Math.floor(this.#clock.monotonic() / 1_000);
  }
}
