import type { LeftSegment } from "./left-segment.ts";
import { Segment } from "./segment.ts";
import type { AnySegment, LaneQueues, SegmentQueues } from "./segment-queues.ts";
import { keyOf } from "./segment-queues.ts";

/** Neighbours in one segment, from `from` up to but without `to`. */
export interface RunPart {
  readonly segment: Segment;
  readonly from: number;
  readonly to: number;
}

/** Bounds of one lease. */
export interface RunLimits {
  readonly maxEvents: number;
  readonly maxBytes: number;
}

/** What {@link takeRun} works with. */
export interface RunPort {
  readonly queues: SegmentQueues;
  readonly limits: RunLimits;
  /** Reads a segment that nobody has read yet. False: it cannot be read now. */
  read(left: LeftSegment): boolean;
}

/**
 * Lends the oldest events of a lane, in their order over all importances, within the bounds. An event
 * larger than these is lent alone.
 */
export function takeRun(lane: LaneQueues, { queues, limits, read }: RunPort): readonly RunPart[] {
  const parts: RunPart[] = [];
  let events = 0;
  let bytes = 0;

  /** Lends from one segment as long as no other has an older event; returns whether there is room for more. */
  function takeFrom(segment: Segment, before: number): boolean {
    const from = segment.firstWaiting();
    let index = from;
    let room = true;
    while (segment.isWaiting(index) && segment.key(index) < before) {
      room = events === 0 || (events < limits.maxEvents && bytes + segment.size(index) <= limits.maxBytes);
      if (!room) break;
      events++;
      bytes += segment.size(index);
      queues.lend(segment, index++);
    }
    if (index > from) parts.push({ segment, from, to: index });
    return room;
  }

  for (let room = true; room && lane.events > 0; ) {
    const [head, before] = firstTwo(queues.heads(lane));
    if (head === undefined) break;
    if (head instanceof Segment) room = takeFrom(head, before);
    else room = read(head);
  }
  return parts;
}

/** The segment with the oldest event, and the key of the one after it. */
function firstTwo(heads: readonly AnySegment[]): readonly [head: AnySegment | undefined, before: number] {
  let head: AnySegment | undefined;
  let first = Number.POSITIVE_INFINITY;
  let second = Number.POSITIVE_INFINITY;
  for (const other of heads) {
    const key = keyOf(other);
    if (key < first) [head, first, second] = [other, key, first];
    else if (key < second) second = key;
  }
  return [head, second];
}
