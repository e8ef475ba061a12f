import type { EventLimits } from "../limits.ts";
import type { ActivityEvent } from "./activity-event.ts";
import { isEventTime } from "./event-time.ts";
import { brandScanned, maxScannedChars } from "./scanned-event.ts";
import type { ScannerInstance } from "./scanner-instance.ts";
import { maxScannedBytes, scannerInstance, scannerSlots } from "./scanner-instance.ts";

/** A text, as bytes and as characters. */
export interface TextToScan {
  /** Valid UTF-8. */
  readonly bytes: Uint8Array;
  /** What `bytes` hold, decoded, a byte order mark kept. */
  readonly text: string;
}

const { surplus, odd, doubt, places } = scannerSlots;

/**
 * Finds events in a text in one pass over its bytes, without building a value of anything that stands there.
 * It knows what most events look like and leaves the rest to {@link parseEventText}: what it calls an event
 * passes there too, with the same text and fields.
 */
export class EventScanner {
  /** Where the value of the last scan ends; -1 where it gave up. */
  end = -1;
  /** By how much bytes outnumber UTF-16 units in all that was passed. */
  surplus = 0;
  /** Whether the value of the last scan is an object that has one of the four fields. */
  hasField = false;
  readonly #text: TextToScan;
  readonly #instance: ScannerInstance;
  readonly #maxBytes: number;
  readonly #maxDepth: number;
  readonly #maxKeys: number;
  #turn = -1;

  private constructor(text: TextToScan, limits: EventLimits, instance: ScannerInstance) {
    this.#text = text;
    this.#instance = instance;
    this.#maxBytes = Math.min(limits.maxBytes, maxScannedChars);
    this.#maxDepth = Math.min(limits.maxDepth, maxScannedChars);
    this.#maxKeys = Math.min(limits.maxKeys, maxScannedChars);
  }

  /** A scanner of a text; `undefined` where the engine runs none, or for a text beyond 16 MiB. */
  static of(text: TextToScan, limits: EventLimits): EventScanner | undefined {
    const instance = text.bytes.length > maxScannedBytes ? undefined : scannerInstance();
    return instance && new EventScanner(text, limits, instance);
  }

  /**
   * The event that begins at a place, and moves {@link end} behind it. `undefined` where it is none or needs a
   * closer look, and where the scan gave up, which says nothing.
   */
  event(at: number): ActivityEvent | undefined {
    const { exports } = this.#loaded();
    const before = this.surplus;
    const found = this.#passed(exports.event(at, this.#maxDepth, this.#maxKeys));
    // An event begins with a bracket: no field has the place 0.
    let fields = 0;
    for (let field = places; field < places + 4; field++) if (found[field] !== 0) fields++;
    this.hasField = this.end >= 0 && fields > 0;
    if (this.end < 0 || found[odd] !== 0 || fields < 4 || this.end - at > this.#maxBytes) return undefined;
    const event = brandScanned(this.#text.text.slice(at - before, this.end - this.surplus), found);
    return found[doubt] === 0 || isEventTime(event.event_time) ? event : undefined;
  }

  /** Any value that begins at a place, however deep: gives the place behind it, or -1 where it gave up. What it passes, `JSON.parse` takes. */
  value(at: number): number {
    this.#passed(this.#loaded().exports.value(at));
    return this.end;
  }

  /** The instance with this text in it: another scanner may have used it meanwhile. */
  #loaded(): ScannerInstance {
    const instance = this.#instance;
    if (instance.turn !== this.#turn) this.#turn = instance.load(this.#text.bytes);
    return instance;
  }

  #passed(end: number): Int32Array {
    const { found } = this.#instance;
    this.end = end > 0 ? end : -1;
    if (end > 0) this.surplus += found[surplus] ?? 0;
    return found;
  }
}
