import type { Eviction, Position } from "@activity/core";
import { importances } from "@activity/core";
import type { LeftSegment } from "./left-segment.ts";
import { Segment } from "./segment.ts";
import type { SegmentQueues } from "./segment-queues.ts";
import { timeOf } from "./segment-queues.ts";

/** What an evictor works with. */
export interface EvictorPort {
  readonly queues: SegmentQueues;
  /** Reads a segment that nobody has read yet. False: it cannot be read now. */
  read(left: LeftSegment): boolean;
  /** Forgets the first event that waits in a segment; gives its position. */
  dropFirst(segment: Segment): Position;
  /** Gives up a segment, unless it only cannot be read now. */
  lose(segment: Segment, cause: unknown): void;
}

/** Gives events up, the oldest of the least important first. */
export class SegmentEvictor {
  readonly #port: EvictorPort;
  /** The segment from which events are being evicted, as far as it was read. */
  #reading: { readonly segment: Segment; readonly bytes: Uint8Array } | undefined;
  /** Where it is read into: one after the other, they would leave garbage of the size of the spool. */
  #room: Uint8Array<ArrayBuffer> = new Uint8Array(0);

  constructor(port: EvictorPort) {
    this.#port = port;
  }

  /** Evicts as long as `over` says so; only what entered before `bornBefore`. */
  evictWhile(over: () => boolean, reason: Eviction["reason"], bornBefore?: number): readonly Eviction[] {
    const texts: string[] = [];
    const positions: Position[] = [];
    while (over()) {
      const segment = this.#next(bornBefore);
      if (segment === undefined) break;
      const text = this.#firstText(segment);
      if (text === undefined && segment.waiting > 0) break;
      if (text === undefined) continue;
      texts.push(text);
      const position = this.#port.dropFirst(segment);
      if (position > 0) positions.push(position);
    }
    return texts.length === 0 ? [] : [{ reason, count: texts.length, texts, positions }];
  }

  /** Forgets what it read of a segment that is gone. */
  forget(segment: Segment): void {
    if (this.#reading?.segment === segment) this.#reading = undefined;
  }

  /** The segment with the oldest of the least important events; only with one that entered before `bornBefore`. */
  #next(bornBefore = Number.POSITIVE_INFINITY): Segment | undefined {
    const { queues, read } = this.#port;
    for (const importance of Object.values(importances)) {
      if (importance === importances.kept) continue;
      let head = queues.oldest(importance);
      while (head !== undefined && timeOf(head) < bornBefore) {
        if (head instanceof Segment) return head;
        if (!read(head)) return undefined;
        head = queues.oldest(importance);
      }
    }
    return undefined;
  }

  /** The text of a segment's first event; `undefined` when it cannot be read: now, or at all and is lost as a whole. */
  #firstText(segment: Segment): string | undefined {
    const index = segment.firstWaiting();
    const end = segment.end(index);
    try {
      if (this.#reading?.segment !== segment || this.#reading.bytes.length < end)
        this.#reading = { segment, bytes: this.#read(segment) };
      const { buffer, byteOffset, byteLength } = this.#reading.bytes;
      return Buffer.from(buffer, byteOffset, byteLength).toString("utf8", segment.start(index), end - 1);
    } catch (cause) {
      this.#port.lose(segment, cause);
      return undefined;
    }
  }

  #read({ content, bytes }: Segment): Uint8Array<ArrayBuffer> {
    if (bytes > this.#room.length) this.#room = new Uint8Array(bytes);
    return content.read(0, bytes, this.#room);
  }
}
