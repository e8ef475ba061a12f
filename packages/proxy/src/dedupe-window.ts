import type { Clock } from "@activity/core";
import { httpContract } from "@activity/core";
import { NumberedIds, ReservedNumbers } from "./numbered-ids.ts";
import { PlainIds } from "./plain-ids.ts";
import type { DedupeOptions } from "./proxy-options.ts";

/** What is known of an id: nothing, that a write carries it, or that it has been taken. */
export type IdState = "new" | "reserved" | "taken";

/** Ids that one write has reserved. */
export class ReservedIds {
  readonly numbered: ReservedNumbers = new ReservedNumbers();
  readonly plain: string[] = [];
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
  readonly #numbered: NumberedIds;
  readonly #plain: PlainIds;

  constructor(options: DedupeOptions, clock: Clock) {
    const { dedupe } = httpContract;
    this.#clock = clock;
    this.#windowMs = options.windowMs ?? dedupe.windowMs;
    this.#maxIds = options.maxIds ?? dedupe.maxIds;
    this.#maxBytes = options.maxBytes ?? dedupe.maxBytes;
    const isOver = (second: number): boolean => this.#isOver(second);
    this.#numbered = new NumberedIds(isOver);
    this.#plain = new PlainIds(isOver);
  }

  /** Ids remembered now. */
  get size(): number {
    return this.#numbered.size + this.#plain.size;
  }

  /** Memory that they take, estimated. */
  get bytes(): number {
    return this.#numbered.bytes + this.#plain.bytes;
  }

  /** Says what is known of an id, and reserves it where nothing is: a write will carry it. Notes it in `reserved`. */
  claim(id: string, tenant: string | undefined, reserved?: ReservedIds): IdState {
    const known = this.#numbered.claim(id, tenant, reserved?.numbered);
    if (known !== undefined) return known;
    const state = this.#plain.claim(id, tenant);
    if (state === "new") reserved?.plain.push(id);
    return state;
  }

  /** The write did not take the id: it may come again. */
  release(id: string, tenant: string | undefined): void {
    if (!this.#numbered.release(id, tenant)) this.#plain.release(id, tenant);
  }

  /** The events have been taken. */
  take(events: readonly { readonly event_id: string }[], tenant: string | undefined): void {
    const second = this.#second();
    for (const { event_id: id } of events) {
      if (!this.#numbered.take(id, tenant, second)) this.#plain.take(id, tenant, second);
    }
    this.#shrink();
  }

  /** A whole write has been taken: all that it reserved and nobody has released since. */
  takeReserved({ numbered, plain }: ReservedIds, tenant: string | undefined): void {
    const second = this.#second();
    this.#numbered.takeReserved(numbered, second);
    this.#plain.takeReserved(plain, tenant, second);
    this.#shrink();
  }

  #shrink(): void {
    for (;;) {
      const [numbered, plain] = [this.#numbered.oldest(), this.#plain.oldest()];
      const oldest = Math.min(numbered ?? Number.POSITIVE_INFINITY, plain ?? Number.POSITIVE_INFINITY);
      if (oldest === Number.POSITIVE_INFINITY || !(this.#isFull() || this.#isOver(oldest))) return;
      // Within one second, whichever takes more room pays.
      const heavier = this.#numbered.bytes > this.#plain.bytes ? this.#numbered : this.#plain;
      const store = numbered === plain ? heavier : oldest === numbered ? this.#numbered : this.#plain;
      store.forgetOldest(Math.max(1, this.size - this.#maxIds));
    }
  }

  #isFull(): boolean {
    return this.size > this.#maxIds || this.bytes > this.#maxBytes;
  }

  #isOver(second: number): boolean {
    return (this.#second() - second) * 1_000 >= this.#windowMs;
  }

  #second(): number {
    return Math.floor(this.#clock.monotonic() / 1_000);
  }
}
