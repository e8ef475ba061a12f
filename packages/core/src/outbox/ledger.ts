import type { DropReason, LedgerSnapshot } from "../ports/sink.ts";

/** What can become of an event that left the store. */
export type Outcome = "delivered" | "rejected" | "dropped" | "withdrawn" | "handedOver";

/** The counters of one outbox. Each is counted where it happens, so that the balance can be checked. */
export class Ledger {
  recorded = 0;
  adopted = 0;
  delivered = 0;
  handedOver = 0;
  pending = 0;
  rejected = 0;
  dropped = 0;
  withdrawn = 0;
  repeats = 0;
  readonly droppedBy: Partial<Record<DropReason, number>> = {};

  record(): void {
    this.recorded++;
    this.pending++;
  }

  adopt(count: number): void {
    this.adopted += count;
    this.pending += count;
  }

  settle(outcome: Outcome, count: number): void {
    this[outcome] += count;
    this.pending -= count;
  }

  drop(reason: DropReason, count: number): void {
    this.settle("dropped", count);
    this.countReason(reason, count);
  }

  /** Names the reason of drops that are settled elsewhere. */
  countReason(reason: DropReason, count: number): void {
    this.droppedBy[reason] = (this.droppedBy[reason] ?? 0) + count;
  }

  snapshot(): LedgerSnapshot {
    return { ...this, droppedBy: { ...this.droppedBy } };
  }
}
