import type { Importance, Position } from "@activity/core";
import type { EncodedLine } from "./encode-line.ts";
import type { SegmentContent, SegmentExtent } from "./segment-content.ts";
import type { SegmentState } from "./segment-name.ts";
import type { LaneQueues } from "./segment-queues.ts";

/** Where an event of a segment is: in the store, in a lease, or gone. */
type Whereabouts = 0 | 1 | 2;
const waiting = 0;
const leased = 1;
const gone = 2;

/** What a segment is begun with. */
export interface SegmentOptions {
  readonly content: SegmentContent;
  readonly lane: number;
  readonly importance: Importance;
  /** Set for segments that another process left: their place before all own events. */
  readonly order?: number | undefined;
  /** Where the first event begins, in bytes. */
  readonly offset?: number | undefined;
}

/** Events of one lane and importance that stand one behind the other, and where each of them is. */
export class Segment {
  readonly content: SegmentContent;
  readonly lane: number;
  readonly importance: Importance;
  /** Where it stands in line; set by the queues. */
  queues: LaneQueues | undefined;
  /** Where the last event ends. */
  bytes: number;
  /** Where each event ends in the content. */
  readonly ends: number[] = [];
  readonly positions: Position[] = [];
  readonly times: number[] = [];
  /** Whether it takes no more events. */
  sealed = false;
  /** Whether something in it may not survive the machine yet. */
  unsynced = false;
  /** Events that wait, and their bytes. */
  waiting = 0;
  waitingBytes = 0;
  /** Events that are not gone. */
  left = 0;
  readonly #states: Whereabouts[] = [];
  readonly #order: number | undefined;
  readonly #offset: number;
  /** No event before this one waits. */
  #first = 0;

  constructor({ content, lane, importance, order, offset = 0 }: SegmentOptions) {
    this.content = content;
    this.lane = lane;
    this.importance = importance;
    this.#order = order;
    this.#offset = offset;
    this.bytes = offset;
  }

  /** The events that die with this process. */
  perishable(): readonly number[] {
    const { safeBytes } = this.content;
    if (safeBytes === Number.POSITIVE_INFINITY) return [];
    return [...this.ends.keys()].filter(
      (index) => (this.ends[index] ?? 0) > safeBytes && this.#states[index] !== gone,
    );
  }

  /** Index of the first event that waits, at or after `from`; its length when there is none. */
  firstWaiting(from = 0): number {
    let index = Math.max(from, this.#first);
    while (index < this.#states.length && this.#states[index] !== waiting) index++;
    if (from <= this.#first) this.#first = index;
    return index;
  }

  isWaiting(index: number): boolean {
    return this.#states[index] === waiting;
  }

  /** The events that wait of a range of positions, both ends included. */
  waitingBetween(from: Position, to: Position): readonly number[] {
    if (this.waiting === 0 || (this.positions[0] ?? 0) > to || (this.positions.at(-1) ?? 0) < from) return [];
    return [...this.positions.keys()].filter((index) => {
      const position = this.positions[index] ?? 0;
      return position >= from && position <= to && this.isWaiting(index);
    });
  }

  /** What orders an event among those of other segments. */
  key(index: number): number {
    return this.#order ?? this.positions[index] ?? Number.POSITIVE_INFINITY;
  }

  start(index: number): number {
    return index === 0 ? this.#offset : (this.ends[index - 1] ?? this.#offset);
  }

  size(index: number): number {
    return (this.ends[index] ?? 0) - this.start(index);
  }

  /** Adds a line to the content; says what went wrong, if anything did. */
  write({ bytes, length }: EncodedLine): { readonly cause: unknown } | undefined {
    try {
      this.content.append(bytes, length);
      return undefined;
    } catch (cause) {
      return { cause };
    }
  }

  /** Notes an event that was written. */
  add(end: number, position: Position, time: number): void {
    this.waitingBytes += end - this.bytes;
    this.bytes = end;
    this.waiting++;
    this.left++;
    this.ends.push(end);
    this.positions.push(position);
    this.times.push(time);
    this.#states.push(waiting);
  }

  lend(index: number): void {
    this.#states[index] = leased;
    this.waiting--;
    this.waitingBytes -= this.size(index);
  }

  takeBack(index: number): void {
    this.#states[index] = waiting;
    this.waiting++;
    this.waitingBytes += this.size(index);
    this.#first = Math.min(this.#first, index);
  }

  /** Forgets an event, waiting or leased. */
  drop(index: number): void {
    if (this.#states[index] === waiting) {
      this.waiting--;
      this.waitingBytes -= this.size(index);
    }
    this.#states[index] = gone;
    this.left--;
  }

  /** Says on the outside what state it is in, and which of its events still count. */
  mark(state: SegmentState): void {
    this.sealed = true;
    this.content.mark(state, this.#extent());
  }

  /**
   * Leaves it to whoever comes next, without what is gone. Only for segments none of whose events is leased.
   */
  leave(): void {
    this.sealed = true;
    const extent = this.#extent();
    if (extent.count === this.left) return this.content.leave(extent);
    const rest: SegmentExtent = { count: this.left, offset: 0 };
    this.content.replace(this.#leftLines(), rest);
    this.content.leave(rest);
  }

  /** The same events in another content, which is made of the lines of what is not gone. None may be leased. */
  moveTo(create: (lines: Uint8Array) => SegmentContent): Segment {
    const { lane, importance } = this;
    const moved = new Segment({ content: create(this.#leftLines()), lane, importance, order: this.#order });
    moved.sealed = true;
    for (const [index, state] of this.#states.entries())
      if (state !== gone)
        moved.add(moved.bytes + this.size(index), this.positions[index] ?? 0, this.times[index] ?? 0);
    return moved;
  }

  /** The same without what is gone, in its content too; itself where the disk takes nothing. None may be leased. */
  compact(): Segment {
    const { content, left: count } = this;
    try {
      return this.moveTo((lines) => {
        content.replace(lines, { count, offset: 0 });
        return content;
      });
    } catch {
      return this;
    }
  }

  #leftLines(): Uint8Array {
    const left = [...this.#states.keys()].filter((index) => this.#states[index] !== gone);
    return Buffer.concat(left.map((index) => this.content.read(this.start(index), this.ends[index] ?? 0)));
  }

  /** Everything from the first event that is not gone. */
  #extent(): SegmentExtent {
    const first = this.#states.findIndex((state) => state !== gone);
    const from = first < 0 ? this.#states.length : first;
    return { count: this.#states.length - from, offset: this.start(from) };
  }
}
