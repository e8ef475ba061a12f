import type { TextToScan } from "@activity/core";
import { EventScanner } from "@activity/core";
import type { BodyForm } from "./media-type.ts";
import type { ProxyLimits } from "./proxy-options.ts";
import { eventLimitsOf } from "./proxy-options.ts";
import { isBlank } from "./slice-json.ts";
import type { Slice, SlicedBody } from "./sliced-body.ts";
import { readBatchId, readSentAt } from "./sliced-body.ts";

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const lineFeed = 0x0a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/**
 * Cuts a body in one pass that finds most events good on its way. `undefined` for bodies that few send, and for
 * those that are not whole: they are cut the slow way, to the same result.
 */
export function scanBody(body: TextToScan, form: BodyForm, limits: ProxyLimits): SlicedBody | undefined {
  const scanner = EventScanner.of(body, eventLimitsOf(limits));
  return scanner && new BodyScan(body, scanner, limits.maxEvents).body(form);
}

class BodyScan {
  readonly #body: TextToScan;
  readonly #maxEvents: number;
  readonly #scanner: EventScanner;
  readonly #slices: Slice[] = [];

  constructor(body: TextToScan, scanner: EventScanner, maxEvents: number) {
    this.#body = body;
    this.#scanner = scanner;
    this.#maxEvents = maxEvents;
  }

  body(form: BodyForm): SlicedBody | undefined {
    const { bytes, text } = this.#body;
    const marked = text.startsWith("\uFEFF");
    // The mark is three bytes and one character.
    if (marked) this.#scanner.surplus = 2;
    const at = this.#blanks(marked ? 3 : 0);
    if (form === "ndjson") return this.#lines(at);
    if (bytes[at] === openBracket) {
      const end = this.#list(at);
      return end > 0 && this.#isOver(end) ? this.#plain() : undefined;
    }
    if (bytes[at] !== openBrace) return undefined;
    const before = this.#scanner.surplus;
    const wrapper = this.#wrapper(at);
    if (wrapper !== undefined) return wrapper;
    this.#slices.length = 0;
    this.#scanner.surplus = before;
    const event = this.#scanner.event(at);
    const { end, surplus, hasField } = this.#scanner;
    // What has a field of an event is no wrapper, whatever else is the matter with it.
    if (event === undefined && !(hasField && this.#isOver(end))) return undefined;
    this.#slices.push(event ?? text.slice(at - before, end - surplus));
    // One event, in one line: as JSON and as NDJSON it is the same.
    if (this.#isOver(end)) return this.#plain();
    return form === "text" && this.#lineEnds(end) ? this.#lines(end) : undefined;
  }

  #lines(from: number): SlicedBody {
    const { bytes, text } = this.#body;
    const scanner = this.#scanner;
    for (let at = this.#blanks(from); at < bytes.length; at = this.#blanks(at)) {
      if (this.#isTooMuch()) break;
      const start = at - scanner.surplus;
      const before = scanner.surplus;
      const event = scanner.event(at);
      if (event !== undefined && this.#lineEnds(scanner.end)) {
        this.#slices.push(event);
        at = scanner.end;
        continue;
      }
      const feed = bytes.indexOf(lineFeed, at);
      const end = feed < 0 ? bytes.length : feed;
      scanner.surplus = before + surplusOf(bytes, at, end);
      this.#slices.push(text.slice(start, end - scanner.surplus).replace(/[ \t\r]+$/, ""));
      at = end;
    }
    return this.#plain();
  }

  /** The events between brackets; gives the place behind them, -1 where it gives up. */
  #list(from: number): number {
    const { bytes, text } = this.#body;
    const scanner = this.#scanner;
    let at = this.#blanks(from + 1);
    if (bytes[at] === closeBracket) return at + 1;
    for (;;) {
      const start = at - scanner.surplus;
      const event = scanner.event(at);
      if (scanner.end < 0) return -1;
      this.#slices.push(event ?? text.slice(start, scanner.end - scanner.surplus));
      // So many that nobody looks at the others.
      if (this.#isTooMuch()) return bytes.length;
      at = this.#separator(scanner.end, closeBracket);
      if (at <= 0) return -1 - at;
    }
  }

  /** An object whose members are those of the wrapper, each once, and others that are no fields of an event. */
  #wrapper(from: number): SlicedBody | undefined {
    const { bytes } = this.#body;
    const scanner = this.#scanner;
    const texts = new Map<string, string | undefined>();
    let at = this.#blanks(from + 1);
    while (at > 0) {
      const name = this.#plainText(at);
      const value = name === undefined ? -1 : this.#colon(at + name.length + 2);
      if (name === undefined || value < 0 || name.startsWith("event_") || texts.has(name)) return undefined;
      const isList = bytes[value] === openBracket;
      texts.set(name, this.#plainText(value));
      at = name === "events" && isList ? this.#list(value) : scanner.value(value);
      if (name === "events" && !isList) return undefined;
      if (this.#isTooMuch()) return this.#plain();
      if (at >= 0) at = this.#separator(at, closeBrace);
    }
    if (at >= -1 || !texts.has("events") || !this.#isOver(-1 - at)) return undefined;
    const batchId = readBatchId(texts.get("batch_id"));
    return { slices: this.#slices, batchId, sentAt: readSentAt(texts.get("sent_at")) };
  }

  /** The characters of a string of ASCII without escapes. */
  #plainText(at: number): string | undefined {
    const { bytes, text } = this.#body;
    const scanner = this.#scanner;
    const { surplus } = scanner;
    const end = bytes[at] === quote ? scanner.value(at) : -1;
    const ascii = end > 0 && scanner.surplus === surplus;
    scanner.surplus = surplus;
    const plain = ascii ? text.slice(at + 1 - surplus, end - 1 - surplus) : "\\";
    return plain.includes("\\") ? undefined : plain;
  }

  /** The place behind white space, if there is any. */
  #blanks(from: number): number {
    const { bytes } = this.#body;
    let at = from;
    while (isBlank(bytes[at] ?? 0)) at++;
    return at;
  }

  /** The place behind the colon that follows a name; -1 where none does. */
  #colon(from: number): number {
    const at = this.#blanks(from);
    return this.#body.bytes[at] === colon ? this.#blanks(at + 1) : -1;
  }

  /** The place behind the comma that follows. Where the bracket is closed, -1 minus the place behind it; else 0. */
  #separator(from: number, close: number): number {
    const at = this.#blanks(from);
    const byte = this.#body.bytes[at];
    if (byte === comma) return this.#blanks(at + 1);
    return byte === close ? -2 - at : 0;
  }

  /** Whether only white space follows, in the body or in its line. */
  #isOver(at: number): boolean {
    return this.#blanks(at) === this.#body.bytes.length;
  }

  #lineEnds(from: number): boolean {
    const { bytes } = this.#body;
    let at = from;
    while (bytes[at] === 0x20 || bytes[at] === 0x09 || bytes[at] === 0x0d) at++;
    return at === bytes.length || bytes[at] === lineFeed;
  }

  #isTooMuch(): boolean {
    return this.#slices.length > this.#maxEvents;
  }

  #plain(): SlicedBody {
    return { slices: this.#slices, batchId: undefined, sentAt: undefined };
  }
}

/** By how much bytes of UTF-8 outnumber the UTF-16 units that they make. */
function surplusOf(bytes: Uint8Array, from: number, to: number): number {
  let surplus = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0xc0) surplus += byte < 0xe0 ? 1 : 2;
  }
  return surplus;
}
