import type { Importance, Position } from "@activity/core";
import type { EncodedLine } from "./encode-line.ts";
import { EventIndex } from "./event-index.ts";
import type { SegmentContent, SegmentExtent } from "./segment-content.ts";
import type { SegmentState } from "./segment-name.ts";
import type { LaneQueues } from "./segment-queues.ts";

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
  /** Whether it takes no more events. */
  sealed = false;
  /** When its content was last written to, in milliseconds since the Unix epoch; 0: before this process had it. */
  writtenMs = 0;
  /** Whether something in it may not survive the machine yet. */
  unsynced = false;
  /** Events that wait, and their bytes. */
  waiting = 0;
  waitingBytes = 0;
  /** Events that are not gone. */
  left = 0;
  #events: EventIndex = EventIndex.take();
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

  /** Where it stands on disk, if it does. */
  get path(): string | undefined {
    return this.content.path;
  }

  /** The events that die with this process. */
  perishable(): readonly number[] {
    const { safeBytes } = this.content;
    if (safeBytes === Number.POSITIVE_INFINITY) return [];
    return this.#indices((index) => this.end(index) > safeBytes && this.#events.state(index) !== gone);
  }

  /** Index of the first event that waits; that behind the last when none does. */
  firstWaiting(): number {
    const events = this.#events;
    while (this.#first < events.length && events.state(this.#first) !== waiting) this.#first++;
    return this.#first;
  }

  /** False also for an index behind the last. */
  isWaiting(index: number): boolean {
    return index < this.#events.length && this.#events.state(index) === waiting;
  }

  /** Where an event ends in the content. */
  end(index: number): number {
    return this.#events.end(index);
  }

  position(index: number): Position {
    return this.#events.position(index);
  }

  time(index: number): number {
    return this.#events.time(index);
  }

  /** When the first event that waits entered; infinite when none does. */
  firstTime(): number {
    return this.waiting === 0 ? Number.POSITIVE_INFINITY : this.time(this.firstWaiting());
  }

  /** The events that wait of a range of positions, both ends included. */
  waitingBetween(from: Position, to: Position): readonly number[] {
    if (this.waiting === 0 || this.position(0) > to || this.position(this.#events.length - 1) < from)
      return [];
    return this.#indices((index) => {
      const position = this.position(index);
      return position >= from && position <= to && this.isWaiting(index);
    });
  }

  /** What orders an event among those of other segments. Infinite behind the last. */
  key(index: number): number {
    return this.#order ?? (index < this.#events.length ? this.position(index) : Number.POSITIVE_INFINITY);
  }

  start(index: number): number {
    return index === 0 ? this.#offset : this.end(index - 1);
  }

  size(index: number): number {
    return this.end(index) - this.start(index);
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
    this.#events.push(end, position, time);
  }

  lend(index: number): void {
    this.#events.setState(index, leased);
    this.waiting--;
    this.waitingBytes -= this.size(index);
  }

  takeBack(index: number): void {
    this.#events.setState(index, waiting);
    this.waiting++;
    this.waitingBytes += this.size(index);
    this.#first = Math.min(this.#first, index);
  }

  /** Forgets an event, waiting or leased. */
  drop(index: number): void {
    if (this.isWaiting(index)) {
      this.waiting--;
      this.waitingBytes -= this.size(index);
    }
    this.#events.setState(index, gone);
    this.left--;
  }

  /** Frees what was known of its events, none of which is left. */
  forget(): void {
    EventIndex.give(this.#events);
    this.#events = EventIndex.none;
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
    moved.writtenMs = this.writtenMs;
    for (const index of this.#indicesLeft())
      moved.add(moved.bytes + this.size(index), this.position(index), this.time(index));
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
    return Buffer.concat(
      this.#indicesLeft().map((index) => this.content.read(this.start(index), this.end(index))),
    );
  }

  #indicesLeft(): readonly number[] {
    return this.#indices((index) => this.#events.state(index) !== gone);
  }

  #indices(passes: (index: number) => boolean): readonly number[] {
    return Array.from({ length: this.#events.length }, (_, index) => index).filter(passes);
  }

  /** Everything from the first event that is not gone. */
  #extent(): SegmentExtent {
    const events = this.#events;
    let from = 0;
    while (from < events.length && events.state(from) === gone) from++;
    return { count: events.length - from, offset: this.start(from) };
  }
}
