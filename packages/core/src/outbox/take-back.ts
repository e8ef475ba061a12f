import type { LaneState } from "./lanes.ts";
import type { OutboxBatch } from "./outbox-batch.ts";
import type { Ticket } from "./waiters.ts";

/** What was found of an aborted write in batches that wait. */
export interface TakenBack {
  /** Places within the write that were never on the wire: they have certainly not arrived. */
  readonly unsent: Set<number>;
  /** The events, cut out of their batches. */
  readonly parts: readonly OutboxBatch[];
}

/** Cuts the events of a write out of every batch that waits. Batches in flight stay whole. */
export function takeBack({ first, last }: Ticket, lanes: Iterable<LaneState>): TakenBack {
  const unsent = new Set<number>();
  const parts: OutboxBatch[] = [];
  for (const { queue } of lanes) {
    for (const batch of queue.splice(0)) {
      const { positions } = batch.from.lease;
      const isMine = (index: number): boolean => {
        const position = positions[index] ?? 0;
        return position >= first && position <= last;
      };
      const mine = batch.indices.filter(isMine);
      const others = batch.indices.filter((index) => !isMine(index));
      if (mine.length > 0) parts.push(batch.part(mine));
      if (others.length > 0) queue.push(mine.length > 0 ? batch.part(others) : batch);
      // An event that was on the wire before may have arrived, although its answer never did.
      if (!batch.sent) for (const index of mine) unsent.add((positions[index] ?? 0) - first);
    }
  }
  return { unsent, parts };
}
