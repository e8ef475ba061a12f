import type { Importance, Position, Store } from "@activity/core";

/** An event that has no outcome yet. */
export interface WaitingEvent {
  readonly text: string;
  readonly importance: Importance;
}

/** Told of every event that comes and goes. */
export interface PageStoreListener {
  readonly onAppend: (text: string) => void;
  readonly onGone: (text: string) => void;
}

/** A store that can show what waits, so that a leaving page can send it past the outbox. */
export interface PageStore extends Store {
  /** Every event without an outcome, oldest first, those under way too. */
  waiting(): readonly WaitingEvent[];
}

/** Puts a list of what waits round a store. */
export function createPageStore(inner: Store, { onAppend, onGone }: PageStoreListener): PageStore {
  const waiting = new Map<Position, WaitingEvent>();
  function forget(position: Position): void {
    const event = waiting.get(position);
    if (event === undefined) return;
    waiting.delete(position);
    onGone(event.text);
  }
  return {
    capacity: inner.capacity,
    survives: inner.survives,
    usage: inner.usage,
    waiting: () => [...waiting.values()],
    append: (text, lane, importance) => {
      const position = inner.append(text, lane, importance);
      waiting.set(position, { text, importance });
      onAppend(text);
      return position;
    },
    durable: (upTo) => inner.durable(upTo),
    lease: (open, force) => inner.lease(open, force),
    settle: (lease, unconfirmed) => {
      const kept = new Set(unconfirmed);
      for (const [index, position] of Array.from(lease.positions).entries())
        if (!kept.has(index)) forget(position);
      inner.settle(lease, unconfirmed);
    },
    release: (lease) => inner.release(lease),
    withdraw: (from, to) => {
      const withdrawn = inner.withdraw?.(from, to) ?? [];
      for (const position of withdrawn) forget(position);
      return withdrawn;
    },
    evict: (bornBefore) => {
      const evictions = inner.evict(bornBefore);
      for (const { positions } of evictions) for (const position of positions) forget(position);
      return evictions;
    },
    close: () => {
      for (const position of [...waiting.keys()]) forget(position);
      return inner.close();
    },
  };
}
