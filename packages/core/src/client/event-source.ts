import { flatten } from "../event/flatten.ts";
import type { Clock } from "../ports/clock.ts";
import { createId as createRandomId } from "./create-id.ts";

/** A time, and how it stands in an event. */
export interface Moment {
  /** RFC 3339 in UTC with milliseconds. */
  readonly time: string;
  /** `","event_time":"…"`: it closes the id before it. */
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
  /** How the event of the last id begins: `{"event_id":"<source>.<n>`. */
  readonly opening: string;
}

/** A source with its own random name, made when the first id is asked for. */
export function createEventSource(
  clock: Pick<Clock, "now" | "createId" | "formatTime">,
  createId?: () => string,
): EventSource {
  // Pieces that many events share are kept in one piece, up to the thousands of the number.
  let prefix = "";
  let opened = "";
  let momentMs = Number.NaN;
  let moment: Moment = { time: "", text: "" };
  const source = {
    name: "",
    last: 0,
    opening: "",
    nextId: (): string => {
      if (createId) {
        const id = createId();
        source.opening = JSON.stringify({ event_id: id }).slice(0, -2);
        return id;
      }
      const low = ++source.last % 1_000;
      const thousands = (source.last - low) / 1_000;
      if (!low || !prefix) {
        source.name ||= clock.createId?.() ?? createRandomId();
        prefix = flatten(`${source.name}.${thousands || ""}`);
        opened = flatten(`{"event_id":"${prefix}`);
      }
      // Engines remember the digits of thousands of numbers; that keeps garbage alive which differs in each.
      const digits = thousands ? `${1_000 + low}`.slice(1) : low;
      source.opening = opened + digits;
      return prefix + digits;
    },
    // toISOString costs as much as encoding a whole event, so its text is kept for the millisecond.
    now: (): Moment => {
      const ms = clock.now();
      if (ms !== momentMs) {
        const time = clock.formatTime?.(ms) ?? String(new Date(ms).toJSON());
        // RFC 3339 ends with the year 9999; other years take more characters, and no time at all takes four.
        if (time.length !== 24) throw new RangeError(`the clock shows ${ms}, no time of an event`);
        moment = { time, text: flatten(`","event_time":"${time}"`) };
        momentMs = ms;
      }
      return moment;
    },
  };
  return source;
}
