import type { EventLimits } from "../limits.ts";
import { maxIdChars, maxNameChars, maxTypeChars } from "../limits.ts";
import type { ActivityEvent } from "./activity-event.ts";
import { isEventTime } from "./event-time.ts";
import { JsonScanner } from "./json-scanner.ts";
import { brandScanned, maxScannedChars, placeOf } from "./scanned-event.ts";

/** A text, as bytes and as characters. */
export interface TextToScan {
  /** Valid UTF-8. */
  readonly bytes: Uint8Array;
  /** What `bytes` hold, decoded, a byte order mark kept. */
  readonly text: string;
}

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const underscore = 0x5f;
const letterC = 0x63;
const letterE = 0x65;
const letterP = 0x70;
const letterT = 0x74;
const openBrace = 0x7b;
const closeBrace = 0x7d;
/** `even`, and how the names of the four fields end, as four bytes each. */
const even = 0x6576656e;
const endOfId = 0x745f6964;
const endOfTime = 0x74696d65;
const endOfType = 0x74797065;
const endOfName = 0x6e616d65;

/** Places of the four fields. */
const [id, time, type, name, none] = [0, 1, 2, 3, 4] as const;
/** A longer time has more digits behind its dot than most. */
const maxChars = [maxIdChars, 64, maxTypeChars, maxNameChars] as const;
/** The highest digits of a plain time. */
const plainTime = "9999-19-29T29:59:59.999Z";

/**
 * Finds events in a text in one pass over its bytes, without building a value of anything that stands there.
 * It knows what most events look like and leaves the rest to {@link parseEventText}: what it calls an event
 * passes there too, with the same text and fields.
 */
export class EventScanner extends JsonScanner {
  /** Where the value of the last scan ends; -1 where it gave up. */
  end = -1;
  readonly #text: string;
  readonly #limits: EventLimits;
  readonly #maxBytes: number;
  /** Where the event begins, in UTF-16 units. */
  #open = 0;
  /** Places of the four values; -1 where a field was not seen. */
  readonly #places: [number, number, number, number] = [-1, -1, -1, -1];

  constructor({ bytes, text }: TextToScan, limits: EventLimits) {
    super(bytes);
    this.#text = text;
    this.#limits = limits;
    this.#maxBytes = Math.min(limits.maxBytes, maxScannedChars);
  }

  /**
   * The event that begins at a place, and moves {@link end} behind it. `undefined` where it is none or needs a
   * closer look, and where the scan gave up, which says nothing.
   */
  event(at: number): ActivityEvent | undefined {
    const surplusBefore = this.surplus;
    this.odd = this.bytes[at] !== openBrace;
    this.end = this.odd ? this.value(at, this.#limits.maxDepth) : this.#members(at + 1);
    if (this.end < 0) this.surplus = surplusBefore;
    if (this.end < 0 || this.odd || this.end - at > this.#maxBytes) return undefined;
    const [idAt, timeAt, typeAt, nameAt] = this.#places;
    if (idAt < 0 || timeAt < 0 || typeAt < 0 || nameAt < 0) return undefined;
    return brandScanned(this.#text.slice(at - surplusBefore, this.end - this.surplus), this.#places);
  }

  /** The members of an object, from behind its bracket to behind the one that closes it. */
  #members(from: number): number {
    const { bytes } = this;
    this.#open = from - 1 - this.surplus;
    this.#places[id] = this.#places[time] = this.#places[type] = this.#places[name] = -1;
    const { maxDepth, maxKeys } = this.#limits;
    let at = this.blanks(from);
    if (bytes[at] === closeBrace) return at + 1;
    for (let keys = 1; keys <= maxKeys; keys++) {
      if (bytes[at] !== quote) return -1;
      const { escapes } = this;
      const end = this.string(at + 1);
      if (end < 0) return -1;
      if (this.escapes > escapes) this.odd = true;
      const close = bytes[end] === colon && bytes[end + 1] === quote;
      const value = close ? end + 1 : this.colon(end);
      if (value < 0) return -1;
      const field = this.#look(at + 1, end - 1);
      at = field === none ? this.value(value, maxDepth - 1) : this.#field(field, value);
      if (at < 0) return -1;
      if (bytes[at] === comma && bytes[at + 1] === quote) at++;
      else at = this.separator(at, closeBrace);
      if (at <= 0) return -1 - at;
    }
    return -1;
  }

  /** Which field a member is by its name. */
  #look(from: number, to: number): 0 | 1 | 2 | 3 | 4 {
    const { bytes } = this;
    const length = to - from;
    const first = bytes[from];
    if (first === letterE && (length === 8 || length === 10) && wordAt(bytes, from) === even) {
      const last = wordAt(bytes, to - 4);
      if (length === 8) return last === endOfId ? id : none;
      if (bytes[from + 4] !== letterT || bytes[from + 5] !== underscore) return none;
      return last === endOfTime ? time : last === endOfType ? type : last === endOfName ? name : none;
    }
    // It may be __proto__, prototype or constructor.
    if ((length === 9 || length === 11) && (first === underscore || first === letterP || first === letterC)) {
      this.odd = true;
    }
    return none;
  }

  /** The value of one of the four fields. */
  #field(field: 0 | 1 | 2 | 3, at: number): number {
    const { bytes, surplus, escapes } = this;
    const end = this.value(at, this.#limits.maxDepth - 1);
    if (end < 0) return -1;
    const plain = bytes[at] === quote && this.surplus === surplus && this.escapes === escapes;
    // Not what most have there, or a field that stands twice.
    if (!plain || !this.#isPlain(field, at + 1, end - 1) || this.#places[field] >= 0) this.odd = true;
    this.#places[field] = placeOf(at + 1 - surplus - this.#open, end - at - 2);
    return end;
  }

  /** Whether a value of printable ASCII needs no closer look. */
  #isPlain(field: 0 | 1 | 2 | 3, from: number, to: number): boolean {
    const { bytes } = this;
    if (to === from || to - from > maxChars[field] || bytes[from] === 0x20) return false;
    if (field === time) return isPlainTime(bytes, from, to) || isEventTime(this.#cut(from, to));
    // An id has no blanks.
    for (let at = from; field === id && at < to; at++) if (bytes[at] === 0x20) return false;
    return true;
  }

  #cut(from: number, to: number): string {
    return this.#text.slice(from - this.surplus, to - this.surplus);
  }
}

/** Whether a text is a UTC time to the millisecond, of a day that every month has. */
function isPlainTime(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from !== plainTime.length) return false;
  for (let index = 0; index < plainTime.length; index++) {
    const byte = bytes[from + index] ?? 0;
    // The highest digit that may stand there, or the very character.
    const allowed = plainTime.charCodeAt(index);
    if (allowed < 0x30 || allowed > 0x39 ? byte !== allowed : byte < 0x30 || byte > allowed) return false;
  }
  const [month, day] = [numberAt(bytes, from + 5), numberAt(bytes, from + 8)];
  return month > 0 && month <= 12 && day > 0 && day <= 28 && numberAt(bytes, from + 11) <= 23;
}

/** Two digits as a number. */
function numberAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) - 0x30) * 10 + (bytes[at + 1] ?? 0) - 0x30;
}

/** Four bytes as one number. */
function wordAt(bytes: Uint8Array, at: number): number {
  const [first, second] = [bytes[at] ?? 0, bytes[at + 1] ?? 0];
  return (first << 24) | (second << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
}
