import type { Sink } from "@activity/core";
import { eventOf } from "../../kafka/kafka-trial.ts";

export interface Load {
  /** Ids of events for which a write has answered. */
  readonly acknowledged: readonly string[];
  /** Ends it, and resolves with the ids of all that was written and recorded. */
  stop(): Promise<readonly string[]>;
  /** Resolves when every write has its answer. */
  settled(): Promise<void>;
}

export interface LoadOptions {
  /** Events carry the `user_id` of one of so many users in turn. @defaultValue 1 */
  readonly users?: number;
}

const everyMs = 20;
/** Of each kind at a time. */
const atOnce = 50;
/** A broker may take long to come back: no more wait for it than a sink has room for. */
const maxWaiting = 50_000;

/** Writes and records, half and half, 5,000 events a second. */
export function startLoad(sink: Sink, { users = 1 }: LoadOptions = {}): Load {
  const all: string[] = [];
  const acknowledged: string[] = [];
  const writes: Promise<void>[] = [];
  const nextEvents = () =>
    Array.from({ length: atOnce }, () => {
      const n = all.length + 1;
      const event = eventOf(n, { user_id: `u-${n % users}` });
      all.push(event.event_id);
      return event;
    });
  const timer = setInterval(() => {
    if (sink.stats().pending > maxWaiting) return;
    const written = nextEvents();
    const write = sink.write(written).then((outcome) => {
      if (outcome.state === "done" && outcome.except === undefined)
        acknowledged.push(...written.map(({ event_id }) => event_id));
    });
    writes.push(write);
    for (const event of nextEvents()) sink.record(event);
  }, everyMs);
  return {
    acknowledged,
    stop: async () => {
      clearInterval(timer);
      return all;
    },
    settled: async () => {
      await Promise.all(writes);
    },
  };
}
