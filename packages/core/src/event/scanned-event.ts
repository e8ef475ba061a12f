import type { ActivityEvent, Envelope, EventObject } from "./activity-event.ts";
import { brand } from "./activity-event.ts";

/** No field is longer than nine bits can tell. */
const lengthBits = 9;
const lengthMask = 0x1ff;
/** A text may be so long that places in it stay small integers. */
export const maxScannedChars = 0x400000;

/** Where the value of a field stands in the text of its event, in one number: the least that can be kept of it. */
export function placeOf(start: number, length: number): number {
  return (start << lengthBits) | length;
}

/** An event whose fields are cut from its text when they are asked for. */
class ScannedEvent implements Envelope {
  readonly text: string;
  readonly #id: number;
  readonly #time: number;
  readonly #type: number;
  readonly #name: number;

  constructor(text: string, [id, time, type, name]: FieldPlaces) {
    this.text = text;
    this.#id = id;
    this.#time = time;
    this.#type = type;
    this.#name = name;
  }

  get event_id(): string {
    return cut(this.text, this.#id);
  }

  get event_time(): string {
    return cut(this.text, this.#time);
  }

  get event_type(): string {
    return cut(this.text, this.#type);
  }

  get event_name(): string {
    return cut(this.text, this.#name);
  }

  toJSON(): EventObject {
    return JSON.parse(this.text) as EventObject; // The text was checked when the event was made.
  }

  /** Says to every copy of the package that this is an event. */
  [brand](): void {}
}

/** Places of id, time, type and name. */
export type FieldPlaces = readonly [id: number, time: number, type: number, name: number];

/** Makes an event of text that has been checked. Inside core only. */
export function brandScanned(text: string, places: FieldPlaces): ActivityEvent {
  // The brand exists for the compiler only.
  return new ScannedEvent(text, places) as unknown as ActivityEvent;
}

function cut(text: string, place: number): string {
  const start = place >>> lengthBits;
  return text.slice(start, start + (place & lengthMask));
}
