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
  /** Now. @throws RangeError when the clock shows a time that an event cannot have */
  now(): Moment;
  /** What stands before the number; empty before the first, or where ids are not numbered. */
  readonly name: string;
  /** The highest number given; 0 for none, or where ids are not numbered. */
  readonly last: number;
}

/** A source with its own random name, made when the first id is asked for. */
export function createEventSource(
  clock: Pick<Clock, "now" | "createId">,
  createId?: () => string,
): EventSource {
  let source: string | undefined;
  let last = 0;
  /** What ids begin with up to the last three digits of their number. */
  let start = "";
  let momentMs = Number.NaN;
  let moment: Moment = { time: "", text: "" };
  return {
    nextId: () => {
      if (createId) return createId();
      source ??= clock.createId?.() ?? nanoid();
      const low = ++last % 1_000;
      // Engines remember the digits of thousands of numbers; that keeps garbage alive which differs in each.
      if (last < 1_000) return `${source}.${last}`;
      if (low === 0) start = `${source}.${last / 1_000}`;
      return start + String(1_000 + low).slice(1);
    },
    // toISOString costs as much as encoding a whole event, so its text is kept for the millisecond.
    now: () => {
      const ms = clock.now();
      if (ms !== momentMs) {
        const time = String(new Date(ms).toJSON());
        // RFC 3339 ends with the year 9999; other years take more characters, and no time at all takes four.
        if (time.length !== 24) throw new RangeError(`the clock shows ${ms}, which is no time of an event`);
        moment = { time, text: `,"event_time":"${time}"` };
        momentMs = ms;
      }
      return moment;
    },
    get name() {
      return source ?? "";
    },
    get last() {
      return last;
    },
  };
}
