import type { ActivityEvent, Envelope, EventObject } from "./activity-event.ts";
import { brand } from "./activity-event.ts";
import { scannerSlots } from "./scanner-instance.ts";

const { places } = scannerSlots;
/** A place in the text and a length in one number: the least that can be kept of a field. None is longer than nine bits can tell. */
const lengthBits = 9;
const lengthMask = 0x1ff;
/** A text may be so long that places in it stay small integers. */
export const maxScannedChars = 0x400000;

/** An event whose fields are cut from its text when they are asked for. */
class ScannedEvent implements Envelope {
  readonly text: string;
  readonly #id: number;
  readonly #time: number;
  readonly #type: number;
  readonly #name: number;

  // biome-ignore lint/complexity/useMaxParams: one is made for every event; an options object would cost as much as the event.
  constructor(text: string, id: number, time: number, type: number, name: number) {
    this.text = text;
    this.#id = id;
    this.#time = time;
    this.#type = type;
    this.#name = name;
  }

  /** The same event with more members behind its own; `undefined` for an event of another kind. */
  static extended(event: object, members: string): ScannedEvent | undefined {
    if (!(#id in event)) return undefined;
    const text = `${event.text.slice(0, -1)},${members}}`;
    return new ScannedEvent(text, event.#id, event.#time, event.#type, event.#name);
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

/** Makes an event of text that has been checked, and of what the scanner found in it. Inside core only. */
export function brandScanned(text: string, found: Int32Array): ActivityEvent {
  const at = (field: number): number => found[places + field] ?? 0;
  // The brand exists for the compiler only.
  return new ScannedEvent(text, at(0), at(1), at(2), at(3)) as unknown as ActivityEvent;
}

/**
 * A scanned event with more members behind its own, which it must not have yet and which every event may have;
 * `undefined` for an event that was made otherwise. Inside core only.
 */
export function extendScanned(event: ActivityEvent, members: string): ActivityEvent | undefined {
  // As above.
  return ScannedEvent.extended(event, members) as unknown as ActivityEvent | undefined;
}

function cut(text: string, place: number): string {
  const start = place >>> lengthBits;
  return text.slice(start, start + (place & lengthMask));
}
