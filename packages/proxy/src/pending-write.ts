import type { ActivityEvent, Reason, WriteException, WriteOutcome } from "@activity/core";

/** What became of an event that was not accepted. */
export interface Fate {
  /** `open`: to be sent again. */
  readonly was: "rejected" | "open";
  readonly reason: Reason;
  /** False where the sink refused the write as a whole: nothing entered. */
  readonly taken: boolean;
  readonly retryAfterMs?: number | undefined;
}

/** A write to the sink, and what became of it. */
export class PendingWrite {
  readonly events: readonly ActivityEvent[];
  readonly tenant: string | undefined;
  /** Settles with the sink's answer. Never rejects. */
  readonly done: Promise<void>;
  #outcome: WriteOutcome | undefined;
  #fates: Map<number, Fate> | undefined;
  readonly #late = new Map<number, Promise<void>>();
  #places: ReadonlyMap<string, number> | undefined;

  constructor(events: readonly ActivityEvent[], tenant: string | undefined, outcome: Promise<WriteOutcome>) {
    this.events = events;
    this.tenant = tenant;
    this.done = outcome.then((settled) => {
      this.#outcome = settled;
      this.#fates = undefined;
      if (settled.state === "done") for (const exception of settled.except ?? []) this.#awaitLate(exception);
    });
  }

  /** Whether the sink has answered and every event was accepted. */
  get isWhole(): boolean {
    const outcome = this.#outcome;
    return outcome?.state === "done" && (outcome.except === undefined || outcome.except.length === 0);
  }

  /** Settles when the fate of every event is known, late ones too. Never rejects. */
  async known(): Promise<void> {
    await this.done;
    await Promise.all(this.#late.values());
  }

  /** Settles when the fate of one event is known. */
  async settled(place: number): Promise<void> {
    await this.done;
    await this.#late.get(place);
  }

  /** Whether the fate of an event may still be told. */
  isLate(place: number): boolean {
    return this.#late.has(place);
  }

  /** Where an id of a tenant stands among the events; `undefined` where this write does not carry it. */
  placeOf(id: string, tenant: string | undefined): number | undefined {
    if (tenant !== this.tenant) return undefined;
    this.#places ??= new Map(this.events.map(({ event_id }, place) => [event_id, place]));
    return this.#places.get(id);
  }

  /** Fates by place; those not named were accepted. While the sink has not answered, all are open. */
  get fates(): ReadonlyMap<number, Fate> {
    return this.#ownFates();
  }

  #ownFates(): Map<number, Fate> {
    this.#fates ??= this.#readFates();
    return this.#fates;
  }

  /** An event in flight when its write was given up may arrive after all. */
  #awaitLate({ index, reason, late }: WriteException): void {
    if (late === undefined) return;
    const told = late.then((was) => {
      this.#late.delete(index);
      if (was === "delivered") this.#ownFates().delete(index);
      else this.#ownFates().set(index, fateOf({ index, was, reason }));
    });
    this.#late.set(index, told);
  }

  #readFates(): Map<number, Fate> {
    const outcome = this.#outcome;
    if (outcome === undefined) return this.#all({ was: "open", reason: { code: "unanswered" }, taken: true });
    if (outcome.state === "refused") {
      const { reason, retryAfterMs } = outcome;
      return this.#all({ was: "open", reason, taken: false, retryAfterMs });
    }
    return new Map(outcome.except?.map((exception) => [exception.index, fateOf(exception)] as const));
  }

  #all(fate: Fate): Map<number, Fate> {
    return new Map(this.events.map((_, place) => [place, fate]));
  }
}

function fateOf({ was, reason }: WriteException): Fate {
  return { was: was === "rejected" ? "rejected" : "open", reason, taken: true };
}
