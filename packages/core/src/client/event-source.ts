import { nanoid } from "nanoid";
import type { Clock } from "../ports/clock.ts";

/** A time, and how it stands in an event. */
export interface Moment {
  /** RFC 3339 in UTC with milliseconds. */
  readonly time: string;
  /** `,"event_time":"…"`. */
  readonly text: string;
}

/** Where the events of one client instance get their ids and times. */
export interface EventSource {
  /** The next id, `<source>.<n>`. To be called last, in the step that also appends the event. */
  nextId(): string;
  /** Now. */
  now(): Moment;
  /** The highest number given; 0 for none, or where ids are not numbered. */
  readonly last: number;
}

/** A source with its own random name, made when the first id is asked for. */
export function createEventSource(clock: Pick<Clock, "now">, createId?: () => string): EventSource {
  let source: string | undefined;
  let last = 0;
  let momentMs = Number.NaN;
  let moment: Moment = { time: "", text: "" };
  return {
    nextId: () => (createId ? createId() : `${(source ??= `${nanoid()}.`)}${++last}`),
    // toISOString costs as much as encoding a whole event, so its text is kept for the millisecond.
    now: () => {
      const ms = clock.now();
      if (ms !== momentMs) {
        momentMs = ms;
        const time = new Date(ms).toISOString();
        moment = { time, text: `,"event_time":"${time}"` };
      }
      return moment;
    },
    get last() {
      return last;
    },
  };
}
