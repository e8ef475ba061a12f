import { nanoid } from "nanoid";
import type { Clock } from "../ports/clock.ts";

/** Where the events of one client instance get their ids and times. */
export interface EventSource {
  /** The next id, `<source>.<n>`. To be called last, in the step that also appends the event. */
  nextId(): string;
  /** Now, as RFC 3339 in UTC with milliseconds. */
  now(): string;
  /** The highest number given; 0 for none, or where ids are not numbered. */
  readonly last: number;
}

/** A source with its own random name, made when the first id is asked for. */
export function createEventSource(clock: Clock, createId?: () => string): EventSource {
  let source: string | undefined;
  let last = 0;
  let lastMs = Number.NaN;
  let lastTime = "";
  return {
    nextId: () => createId?.() ?? `${(source ??= nanoid())}.${++last}`,
    // toISOString costs as much as encoding a whole event, so its text is kept for the millisecond.
    now: () => {
      const ms = clock.now();
      if (ms !== lastMs) {
        lastMs = ms;
        lastTime = new Date(ms).toISOString();
      }
      return lastTime;
    },
    get last() {
      return last;
    },
  };
}
