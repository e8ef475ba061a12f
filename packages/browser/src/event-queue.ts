import type { DropReason } from "@activity/core";
import { maxWaitingBytes, maxWaitingEvents } from "./browser-limits.ts";
import type { WaitingEvent } from "./waiting-event.ts";

/** What can become of an event that waited. */
export type Outcome = "delivered" | "rejected" | "dropped" | "handedOver";

/** The events of this page that have no outcome yet, and the counters of those that had one. */
export interface EventQueue {
  /** In the order of entry. */
  readonly events: ReadonlyMap<string, WaitingEvent>;
  readonly counts: Record<Outcome | "recorded" | "adopted" | "repeats" | "refused", number>;
  readonly droppedBy: Partial<Record<DropReason, number>>;
  /** Called with every event that leaves. */
  readonly listeners: Set<(event: WaitingEvent, outcome: Outcome, reason?: DropReason) => void>;
  /** Takes an event, or one of the same id again. */
  add(event: WaitingEvent): void;
  /** Whether more waits than may, so many events not counted. */
  isFull(spared?: number): boolean;
  /** Gives events their outcome; ids that are not here are passed over. */
  settle(ids: Iterable<string>, outcome: Outcome, reason?: DropReason): void;
  /** Takes everything out, without an outcome. */
  empty(): readonly WaitingEvent[];
  /** Counts an event that never entered. */
  drop(reason: DropReason): void;
}

/** Counters at their start. */
export function noCounts(): EventQueue["counts"] {
  return {
    recorded: 0,
    adopted: 0,
    delivered: 0,
    handedOver: 0,
    rejected: 0,
    dropped: 0,
    repeats: 0,
    refused: 0,
  };
}

/** Makes an empty queue. */
export function createEventQueue(): EventQueue {
  const events = new Map<string, WaitingEvent>();
  const counts = noCounts();
  const droppedBy: EventQueue["droppedBy"] = {};
  const listeners: EventQueue["listeners"] = new Set();
  let bytes = 0;

  function count(outcome: Outcome, reason?: DropReason): void {
    counts[outcome]++;
    if (reason) droppedBy[reason] = (droppedBy[reason] ?? 0) + 1;
  }

  const settle: EventQueue["settle"] = (ids, outcome, reason) => {
    for (const id of ids) {
      const event = events.get(id);
      if (!event) continue;
      events.delete(id);
      bytes -= event.bytes;
      count(outcome, reason);
      for (const listener of listeners) listener(event, outcome, reason);
    }
  };

  return {
    events,
    counts,
    droppedBy,
    listeners,
    settle,
    add: (event) => {
      bytes += event.bytes - (events.get(event.id)?.bytes ?? 0);
      events.set(event.id, event);
    },
    isFull: (spared = 0) => events.size - spared > maxWaitingEvents || bytes > maxWaitingBytes,
    empty: () => {
      const all = [...events.values()];
      events.clear();
      bytes = 0;
      return all;
    },
    drop: (reason) => {
      counts.recorded++;
      count("dropped", reason);
    },
  };
}
