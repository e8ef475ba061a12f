import type { ActivityEvent, EventObject } from "../event/activity-event.ts";
import { Ledger } from "../outbox/ledger.ts";
import type { Sink } from "../ports/sink.ts";

/** A sink that keeps what it gets, for tests. */
export interface MemorySink extends Sink {
  /** Everything recorded, in order, as plain objects; parsed anew at each access. */
  readonly events: readonly EventObject[];
  /** The texts of the same events, one line of JSON each. */
  readonly texts: readonly string[];
  /** Forgets everything. */
  clear(): void;
}

/** Keeps every event, without bound, and counts it as delivered. */
export function memorySink(): MemorySink {
  const kept: ActivityEvent[] = [];
  return {
    ...immediateSink((event) => kept.push(event)),
    get events() {
      return kept.map((event) => event.toJSON());
    },
    get texts() {
      return kept.map((event) => event.text);
    },
    clear: () => {
      kept.length = 0;
    },
  };
}

/** A sink that is done with an event when it has taken it. `take` must not throw. */
export function immediateSink(take: (event: ActivityEvent) => void): Sink {
  const ledger = new Ledger();
  const snapshot = (): ReturnType<Sink["flush"]> => Promise.resolve(ledger.snapshot());
  const record = (event: ActivityEvent): void => {
    take(event);
    ledger.recorded++;
    ledger.delivered++;
  };
  return {
    record,
    write: (events, options) => {
      if (options?.signal?.aborted) return Promise.resolve({ state: "refused", reason: { code: "aborted" } });
      events.forEach(record);
      return Promise.resolve({ state: "done", reached: "delivered" });
    },
    flush: snapshot,
    close: snapshot,
    stats: () => ledger.snapshot(),
  };
}
