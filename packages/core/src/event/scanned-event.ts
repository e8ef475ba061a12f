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

  constructor(text: string, found: Int32Array) {
    this.text = text;
    this.#id = found[places] ?? 0;
    this.#time = found[places + 1] ?? 0;
    this.#type = found[places + 2] ?? 0;
    this.#name = found[places + 3] ?? 0;
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
  // The brand exists for the compiler only.
  return new ScannedEvent(text, found) as unknown as ActivityEvent;
}

function cut(text: string, place: number): string {
  const start = place >>> lengthBits;
  return text.slice(start, start + (place & lengthMask));
}
