import type { Clock } from "@activity/core";
import { httpContract } from "@activity/core";
import { NumberedIds } from "./numbered-ids.ts";
import { PlainIds } from "./plain-ids.ts";
import type { DedupeOptions } from "./proxy-options.ts";

/** What is known of an id: nothing, that a write carries it, or that it has been taken. */
export type IdState = "new" | "reserved" | "taken";

/** Ids of one kind. */
export interface IdStore {
  /** Ids that have been taken. */
  readonly size: number;
  /** Memory in use, estimated. */
  readonly bytes: number;
  /** Says what is known of an id, and reserves it where nothing is. `isOver` tells whether what was taken in some second is too old. */
  claim(id: string, tenant: string | undefined, isOver: (second: number) => boolean): IdState;
  release(id: string, tenant: string | undefined): void;
  take(id: string, tenant: string | undefined, second: number): void;
  /** The second in which whatever is forgotten next was taken. */
  oldest(): number | undefined;
  forgetOldest(): void;
}

/**
 * Ids that have been taken, for recognising repeats, and ids whose write is under way. A repeat does not
 * refresh its id. When the window is full the oldest go.
 */
export class DedupeWindow {
  readonly #clock: Clock;
  readonly #windowMs: number;
  readonly #maxIds: number;
  readonly #maxBytes: number;
  readonly #numbered = new NumberedIds();
  readonly #plain = new PlainIds();

  constructor(options: DedupeOptions, clock: Clock) {
    const { dedupe } = httpContract;
    this.#clock = clock;
    this.#windowMs = options.windowMs ?? dedupe.windowMs;
    this.#maxIds = options.maxIds ?? dedupe.maxIds;
    this.#maxBytes = options.maxBytes ?? dedupe.maxBytes;
  }

  /** Ids remembered now. */
  get size(): number {
    return this.#numbered.size + this.#plain.size;
  }

  /** Memory that they take, estimated. */
  get bytes(): number {
    return this.#numbered.bytes + this.#plain.bytes;
  }

  /** Says what is known of an id, and reserves it where nothing is: a write will carry it. */
  claim(id: string, tenant: string | undefined): IdState {
    return this.#storeOf(id).claim(id, tenant, this.#isOver);
  }

  /** The write did not take the id: it may come again. */
  release(id: string, tenant: string | undefined): void {
    this.#storeOf(id).release(id, tenant);
  }

  /** The events have been taken. */
  take(events: readonly { readonly event_id: string }[], tenant: string | undefined): void {
    const second = this.#second();
    for (const { event_id: id } of events) this.#storeOf(id).take(id, tenant, second);
    this.#shrink();
  }

  #storeOf(id: string): IdStore {
    return NumberedIds.sourceLength(id) > 0 ? this.#numbered : this.#plain;
  }

  #shrink(): void {
    for (;;) {
      const [numbered, plain] = [this.#numbered.oldest(), this.#plain.oldest()];
      const oldest = Math.min(numbered ?? Number.POSITIVE_INFINITY, plain ?? Number.POSITIVE_INFINITY);
      if (oldest === Number.POSITIVE_INFINITY || !(this.#isFull() || this.#isOver(oldest))) return;
      // Within one second, whichever takes more room pays.
      const heavier = this.#numbered.bytes > this.#plain.bytes ? this.#numbered : this.#plain;
      const store = numbered === plain ? heavier : oldest === numbered ? this.#numbered : this.#plain;
      store.forgetOldest();
    }
  }

  #isFull(): boolean {
    return this.size > this.#maxIds || this.bytes > this.#maxBytes;
  }

  readonly #isOver = (second: number): boolean => (this.#second() - second) * 1_000 >= this.#windowMs;

  #second(): number {
    return Math.floor(this.#clock.monotonic() / 1_000);
  }
}
