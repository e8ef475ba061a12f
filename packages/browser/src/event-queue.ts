import type { DropReason } from "@activity/core";
import { importances } from "@activity/core";
import { maxWaitingBytes, maxWaitingEvents } from "./browser-limits.ts";
import type { WaitingEvent } from "./waiting-event.ts";

/** What can become of an event that waited. */
export type Outcome = "delivered" | "rejected" | "dropped" | "handedOver";

/** The events of this page that have no outcome yet, and the counters of those that had one. */
export interface EventQueue {
  /** In the order of entry. */
  readonly events: ReadonlyMap<string, WaitingEvent>;
  /** The ids of those under way. */
  readonly flying: Set<string>;
  readonly counts: Record<Outcome | "recorded" | "adopted" | "repeats", number>;
  readonly droppedBy: Partial<Record<DropReason, number>>;
  /** Called with every event that leaves. */
  readonly listeners: Set<(event: WaitingEvent, outcome: Outcome, reason?: DropReason) => void>;
  /** Takes an event, or one of the same id again. What is too much goes: the oldest of the least important first. */
  add(event: WaitingEvent): void;
  /** Gives events their outcome; ids that are not here are passed over. */
  settle(ids: Iterable<string>, outcome: Outcome, reason?: DropReason): void;
  /** Takes everything out, without an outcome. */
  empty(): readonly WaitingEvent[];
  /** Counts an event that never entered. */
  drop(reason: DropReason): void;
}

/** Counters at their start. */
export function noCounts(): EventQueue["counts"] {
  return { recorded: 0, adopted: 0, delivered: 0, handedOver: 0, rejected: 0, dropped: 0, repeats: 0 };
}

/** Makes an empty queue. */
export function createEventQueue(): EventQueue {
  const events = new Map<string, WaitingEvent>();
  const flying = new Set<string>();
  const counts = noCounts();
  const droppedBy: Partial<Record<DropReason, number>> = {};
  const listeners: EventQueue["listeners"] = new Set();
  let bytes = 0;
  /** Events that name others: they need room, too, and must not cost one more. */
  let kept = 0;

  function count(outcome: Outcome, reason?: DropReason): void {
    counts[outcome]++;
    if (reason) droppedBy[reason] = (droppedBy[reason] ?? 0) + 1;
  }

  function settle(ids: Iterable<string>, outcome: Outcome, reason?: DropReason): void {
    for (const id of ids) {
      const event = events.get(id);
      if (!event) continue;
      events.delete(id);
      flying.delete(id);
      bytes -= event.bytes;
      if (event.importance === importances.kept) kept--;
      count(outcome, reason);
      for (const listener of listeners) listener(event, outcome, reason);
    }
  }

  /** The oldest of the least important that is not under way. */
  function victim(): WaitingEvent | undefined {
    let least: WaitingEvent | undefined;
    for (const event of events.values()) {
      if (flying.has(event.id)) continue;
      const order = event.importance - (least?.importance ?? importances.kept) || event.at - (least?.at ?? 0);
      if (order < 0) least = event;
    }
    return least;
  }

  return {
    events,
    flying,
    counts,
    droppedBy,
    listeners,
    settle,
    add: (event) => {
      const known = events.get(event.id);
      bytes += event.bytes - (known?.bytes ?? 0);
      if (!known && event.importance === importances.kept) kept++;
      events.set(event.id, event);
      if (event.importance === importances.kept) return;
      while (events.size - kept > maxWaitingEvents || bytes > maxWaitingBytes) {
        const least = victim();
        if (!least) break;
        settle([least.id], "dropped", "capacity");
      }
    },
    empty: () => {
      const all = [...events.values()];
      events.clear();
      bytes = kept = 0;
      return all;
    },
    drop: (reason) => {
      counts.recorded++;
      count("dropped", reason);
    },
  };
}
