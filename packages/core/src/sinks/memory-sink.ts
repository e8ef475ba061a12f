import type { EventObject } from "../event/activity-event.ts";
import type { Sink } from "../ports/sink.ts";
import { immediateSink } from "./immediate-sink.ts";

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
  // Texts, not events: an object less for each that is kept.
  const kept: string[] = [];
  const sink = immediateSink((event) => kept.push(event.text));
  return {
    ...sink,
    get events() {
      return kept.map((text) => JSON.parse(text) as EventObject); // Of an event.
    },
    get texts() {
      return [...kept];
    },
    clear: () => {
      kept.length = 0;
    },
  };
}
