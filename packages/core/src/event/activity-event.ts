import type { NumberedSource } from "../ports/store.ts";

declare const eventBrand: unique symbol;
/** Marks events of every copy of the package, and asks one what numbered it. Inside core only. */
export const brand: unique symbol = /* @__PURE__ */ Symbol.for("@activity/event");

/** What JSON can hold. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** An object of JSON. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Free attributes of an event, as a program gives them. What JSON cannot hold is converted; see `docs/events.md`. */
export type Attributes = Readonly<Record<string, unknown>>;

/** The four fields that every event has. */
export interface Envelope {
  /** Unique; what repeats are recognised by. 1–128 visible ASCII characters. */
  readonly event_id: string;
  /** RFC 3339 with an offset, kept as it was given. */
  readonly event_time: string;
  /** Not blank, 1–128 characters. */
  readonly event_type: string;
  /** Not blank, 1–256 characters. */
  readonly event_name: string;
}

/** An event as a plain object, as it stands on the wire. */
export type EventObject = Envelope & JsonObject;

/**
 * An event that passed every check and is already encoded. Only `createEvent`, `parseEvent` and
 * `parseEventText` make one; sinks and proxies accept nothing else.
 */
export interface ActivityEvent extends Envelope {
  readonly [eventBrand]: true;
  /** The event as one line of JSON. */
  readonly text: string;
  /** The event as a plain object, parsed anew at each call. */
  toJSON(): EventObject;
}

class CheckedEvent implements Envelope {
  declare readonly text: string;
  declare readonly event_id: string;
  declare readonly event_time: string;
  declare readonly event_type: string;
  declare readonly event_name: string;
  readonly #source: NumberedSource | undefined;

  // biome-ignore lint/complexity/useMaxParams: one is made for every event; an options object would cost as much as the event.
  constructor(text: string, id: string, time: string, type: string, name: string, source?: NumberedSource) {
    this.text = text;
    this.event_id = id;
    this.event_time = time;
    this.event_type = type;
    this.event_name = name;
    this.#source = source;
  }

  toJSON(): EventObject {
    return JSON.parse(this.text) as EventObject; // The text was checked when the event was made.
  }

  /** Says to every copy of the package that this is an event, and what numbered it. */
  [brand](): NumberedSource | undefined {
    return this.#source;
  }
}

/** Makes an event of text that has been checked; `source` gave it its number, here and now. Inside core only. */
// biome-ignore lint/complexity/useMaxParams: as above.
export function brandEvent(
  text: string,
  id: string,
  time: string,
  type: string,
  name: string,
  source?: NumberedSource,
): ActivityEvent {
  // The brand exists for the compiler only; this is the one place that gives it.
  return new CheckedEvent(text, id, time, type, name, source) as unknown as ActivityEvent;
}

/** What numbered an event in this process; `undefined` for one that was made elsewhere. For sinks that keep events by themselves. */
export function sourceOf(event: ActivityEvent): NumberedSource | undefined {
  return (event as unknown as CheckedEvent)[brand](); // Every event has it, whichever copy made it.
}

/** Whether a value is an event made by this or another copy of the package. */
export function isEvent(value: unknown): value is ActivityEvent {
  try {
    return typeof value === "object" && value !== null && brand in value;
  } catch {
    return false; // A revoked proxy is not even asked.
  }
}
