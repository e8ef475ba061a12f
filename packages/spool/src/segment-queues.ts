import type { Importance } from "@activity/core";
import { importances } from "@activity/core";
import type { LeftSegment } from "./left-segment.ts";
import { Segment } from "./segment.ts";

/** A segment, read or not. */
export type AnySegment = Segment | LeftSegment;

/** The segments of one lane, oldest first, a queue for each importance. */
export interface LaneQueues {
  readonly lane: number;
  readonly byImportance: AnySegment[][];
  /** Events that wait, and their bytes. */
  events: number;
  bytes: number;
}

/** Every segment of a store by lane and importance, and what they hold together. */
export class SegmentQueues {
  readonly usage = { events: 0, bytes: 0, evictableEvents: 0, evictableBytes: 0 };
  /** How many segments there are. */
  size = 0;
  readonly #lanes = new Map<number, LaneQueues>();

  /** Adds a segment: a new one behind all others of its lane and importance, one that was left before own ones. */
  add(segment: AnySegment): void {
    const lane = this.#laneOf(segment.lane);
    const queue = lane.byImportance[segment.importance] ?? [];
    if (segment instanceof Segment) segment.queues = lane;
    const place = segment instanceof Segment ? -1 : queue.findIndex((other) => keyOf(other) > segment.order);
    queue.splice(place < 0 ? queue.length : place, 0, segment);
    this.size++;
    this.#count(segment, segment.waiting, segment.waitingBytes);
  }

  /** Takes out a segment; nothing of it waits any more. */
  remove(segment: AnySegment): void {
    const queue = this.#laneOf(segment.lane).byImportance[segment.importance] ?? [];
    const place = queue.indexOf(segment);
    if (place < 0) return;
    queue.splice(place, 1);
    this.size--;
    this.#count(segment, -segment.waiting, -segment.waitingBytes);
  }

  /** Puts a segment in the place of what was known of it before it was read, or of one that holds the same elsewhere. */
  replace(left: AnySegment, segment: Segment): void {
    const lane = this.#laneOf(left.lane);
    const queue = lane.byImportance[left.importance] ?? [];
    queue[queue.indexOf(left)] = segment;
    segment.queues = lane;
    this.#count(left, segment.waiting - left.waiting, segment.waitingBytes - left.waitingBytes);
  }

  /** The last segment of a lane and importance, if it takes more. */
  writable(lane: number, importance: Importance): Segment | undefined {
    const last = this.#lanes.get(lane)?.byImportance[importance]?.at(-1);
    return last instanceof Segment && !last.sealed ? last : undefined;
  }

  /** Counts an event that a segment has just taken. */
  entered(segment: Segment, bytes: number): void {
    this.#count(segment, 1, bytes);
  }

  lend(segment: Segment, index: number): void {
    segment.lend(index);
    this.#countWaiting(segment, -1, -segment.size(index));
  }

  takeBack(segment: Segment, index: number): void {
    segment.takeBack(index);
    this.#countWaiting(segment, 1, segment.size(index));
  }

  /** Forgets an event, waiting or leased. */
  drop(segment: Segment, index: number): void {
    const before = segment.waiting;
    segment.drop(index);
    const bytes = segment.size(index);
    this.usage.events--;
    this.usage.bytes -= bytes;
    if (segment.waiting < before) this.#countWaiting(segment, -1, -bytes);
  }

  /** The open lane whose first event is the oldest of those with enough in them. */
  oldestLane(open: (lane: number) => boolean, enough: (lane: LaneQueues) => boolean): LaneQueues | undefined {
    let oldest: LaneQueues | undefined;
    let oldestKey = Number.POSITIVE_INFINITY;
    for (const lane of this.#lanes.values()) {
      if (lane.events === 0 || !enough(lane) || !open(lane.lane)) continue;
      const key = Math.min(...this.heads(lane).map(keyOf));
      if (key < oldestKey) [oldest, oldestKey] = [lane, key];
    }
    return oldest;
  }

  /** The first segment of each importance in which something waits. */
  heads(lane: LaneQueues): readonly AnySegment[] {
    return lane.byImportance.flatMap((queue) => queue.find(({ waiting }) => waiting > 0) ?? []);
  }

  /** The segment with the oldest waiting event of an importance, over all lanes. */
  oldest(importance: Importance): AnySegment | undefined {
    let oldest: AnySegment | undefined;
    for (const { byImportance } of this.#lanes.values()) {
      const head = byImportance[importance]?.find(({ waiting }) => waiting > 0);
      if (head !== undefined && (oldest === undefined || keyOf(head) < keyOf(oldest))) oldest = head;
    }
    return oldest;
  }

  /** When the event entered that has waited longest; infinite when none waits. */
  firstTime(): number {
    const heads = Object.values(importances).flatMap((importance) => this.oldest(importance) ?? []);
    return Math.min(...heads.map(timeOf));
  }

  *[Symbol.iterator](): Generator<AnySegment> {
    for (const { byImportance } of this.#lanes.values()) for (const queue of byImportance) yield* queue;
  }

  #laneOf(number: number): LaneQueues {
    let lane = this.#lanes.get(number);
    if (lane === undefined) {
      lane = { lane: number, byImportance: Object.values(importances).map(() => []), events: 0, bytes: 0 };
      this.#lanes.set(number, lane);
    }
    return lane;
  }

  #count(segment: AnySegment, events: number, bytes: number): void {
    this.usage.events += events;
    this.usage.bytes += bytes;
    this.#countWaiting(segment, events, bytes);
  }

  #countWaiting(segment: AnySegment, events: number, bytes: number): void {
    const lane = segment.queues ?? this.#laneOf(segment.lane);
    lane.events += events;
    lane.bytes += bytes;
    if (segment.importance === importances.kept) return;
    this.usage.evictableEvents += events;
    this.usage.evictableBytes += bytes;
  }
}

/** What orders the first waiting event of a segment among those of others. */
export function keyOf(segment: AnySegment): number {
  return segment instanceof Segment ? segment.key(segment.firstWaiting()) : segment.order;
}

/** When the first event that waits in a segment entered. */
export function timeOf(segment: AnySegment): number {
  return segment instanceof Segment ? segment.firstTime() : segment.time;
}
