import type { LaneState } from "./lanes.ts";
import type { OutboxBatch } from "./outbox-batch.ts";
import type { Ticket } from "./waiters.ts";

/** What was found of an aborted write outside the store; places are counted within the write. */
export interface TakenBack {
  /** Places that are, or once were, on the wire: they may arrive. */
  readonly unknown: Set<number>;
  /** Places that waited in batches and were never on the wire. */
  readonly unsent: Set<number>;
  /** The events that waited in batches, cut out of them. */
  readonly parts: readonly OutboxBatch[];
}

/** Cuts the events of a write out of every batch that waits. Batches in flight stay whole. */
export function takeBack(ticket: Ticket, lanes: Iterable<LaneState>): TakenBack {
  const unknown = new Set<number>();
  const unsent = new Set<number>();
  const parts: OutboxBatch[] = [];
  const placeOf = (batch: OutboxBatch, index: number): number => {
    const position = batch.from.lease.positions[index] ?? 0;
    return position >= ticket.first && position <= ticket.last ? position - ticket.first : -1;
  };
  for (const { queue, flying } of lanes) {
    for (const batch of flying) for (const index of batch.indices) unknown.add(placeOf(batch, index));
    for (const batch of queue.splice(0)) {
      const mine = batch.indices.filter((index) => placeOf(batch, index) >= 0);
      const others = batch.indices.filter((index) => placeOf(batch, index) < 0);
      if (mine.length > 0) parts.push(batch.part(mine));
      if (others.length > 0) queue.push(mine.length > 0 ? batch.part(others) : batch);
      // An event that was on the wire before may have arrived, although its answer never did.
      for (const index of mine) (batch.attempt > 0 ? unknown : unsent).add(placeOf(batch, index));
    }
  }
  unknown.delete(-1);
  return { unknown, unsent, parts };
}
