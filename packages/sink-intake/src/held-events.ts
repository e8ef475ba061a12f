import type { ActivityEvent, Attributes, GrowingRange } from "@activity/core";
import { addNumber, defaultLimits, parseEventId } from "@activity/core";

/** As much as a store in memory holds; of most texts a character is a byte. */
const { events: maxHeld, bytes: maxChars } = defaultLimits.memoryStore;
/** Sources whose numbers are named. */
const maxSources = 100;

/** Events that no disk takes, until what sends is there. Bounded: what is beyond is dropped, counted and named. */
export class HeldEvents {
  readonly #events: ActivityEvent[] = [];
  readonly #byType: Record<string, number> = {};
  readonly #bySource = new Map<string, GrowingRange[]>();
  #chars = 0;
  /** Events that were dropped. */
  dropped = 0;

  get count(): number {
    return this.#events.length;
  }

  /** Keeps an event; returns whether there was room. */
  add(event: ActivityEvent): boolean {
    const chars = this.#chars + event.text.length;
    if (this.#events.length === maxHeld || chars > maxChars) {
      this.#drop(event);
      return false;
    }
    this.#chars = chars;
    this.#events.push(event);
    return true;
  }

  /** A copy of what is held. */
  all(): readonly ActivityEvent[] {
    return [...this.#events];
  }

  /** Holds nothing any more: somebody else has it. */
  clear(): void {
    this.#events.length = 0;
    this.#chars = 0;
  }

  /** The attributes of what names downstream the events that were dropped: one a source keeps each within its size. */
  drops(): readonly Attributes[] {
    if (this.dropped === 0) return [];
    const reason = "capacity";
    const totals = { reason, count: this.dropped, counts_by_type: this.#byType };
    const [first, ...others] = this.#bySource.values();
    return [
      first === undefined ? totals : { ...totals, ranges: first },
      ...others.map((ranges) => ({ reason, ranges })),
    ];
  }

  #drop({ event_id, event_type }: ActivityEvent): void {
    this.dropped++;
    this.#byType[event_type] = (this.#byType[event_type] ?? 0) + 1;
    const number = parseEventId(event_id);
    if (number === undefined) return;
    const ranges = this.#bySource.get(number.source) ?? [];
    if (this.#bySource.size < maxSources) this.#bySource.set(number.source, ranges);
    addNumber(ranges, number.source, number.n);
  }
}
