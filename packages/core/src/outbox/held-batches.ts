import type { Importance, Store } from "../ports/store.ts";
import { importances } from "../ports/store.ts";
import type { LaneState } from "./lanes.ts";
import type { OutboxBatch } from "./outbox-batch.ts";

/**
 * Takes batches out of failing lanes while a store is full and more than half of it is held there: a retry keeps its
 * batch, and a store evicts nothing that is leased, so that all that is new would be given up instead. The oldest of
 * the least important leases come first.
 *
 * @param importance Of what needs the room: nothing that is more important is taken, nor what is `kept`.
 */
export function* takeHeld(
  lanes: Iterable<LaneState>,
  store: Pick<Store, "usage" | "capacity">,
  importance: Importance,
): Generator<OutboxBatch> {
  if (!isMostlyHeld(store)) return;
  // A lease is given back as a whole: where part of it is under way, giving up the rest makes no room.
  const idle = [...lanes].filter(({ gate, flying }) => gate.failing && flying.size === 0);
  let events = 0;
  let bytes = 0;
  const held = idle.flatMap(({ queue }) => queue.map((batch) => ({ queue, batch })));
  for (const { batch } of held) {
    events += batch.count;
    bytes += batch.bytes.length;
  }
  held.sort(
    (a, b) => importanceOf(a.batch) - importanceOf(b.batch) || positionOf(a.batch) - positionOf(b.batch),
  );
  for (const { queue, batch } of held) {
    const { capacity } = store;
    if (!isFull(store) || (2 * events <= capacity.events && 2 * bytes <= capacity.bytes)) return;
    if (importanceOf(batch) > importance || importanceOf(batch) === importances.kept) return;
    queue.splice(queue.indexOf(batch), 1);
    events -= batch.count;
    bytes -= batch.bytes.length;
    yield batch;
  }
}

function isFull({ usage, capacity }: Pick<Store, "usage" | "capacity">): boolean {
  return usage.events > capacity.events || usage.bytes > capacity.bytes;
}

/** Whether more than half of it may not be evicted: a cheap question before the dear one. */
function isMostlyHeld({ usage, capacity }: Pick<Store, "usage" | "capacity">): boolean {
  const { events, bytes, evictableEvents, evictableBytes } = usage;
  return 2 * (events - evictableEvents) > capacity.events || 2 * (bytes - evictableBytes) > capacity.bytes;
}

function importanceOf({ from }: OutboxBatch): Importance {
  return from.lease.importance ?? importances.kept;
}

function positionOf({ from, indices }: OutboxBatch): number {
  return from.lease.positions[indices[0] ?? 0] ?? 0;
}
