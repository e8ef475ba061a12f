import type { Position } from "@activity/core";
import type { LeftSegment } from "./left-segment.ts";
import { isPassing, isRefused } from "./passing-failure.ts";
import { Segment } from "./segment.ts";
import type { SegmentLosses } from "./segment-losses.ts";
import type { SegmentQueues } from "./segment-queues.ts";
import type { SegmentWatch } from "./segment-watch.ts";

/** What {@link LostSegments} work with. */
export interface LostSegmentsPort {
  readonly queues: SegmentQueues;
  readonly losses: SegmentLosses;
  readonly watch: SegmentWatch;
  /** Forgets a segment of which nothing is left. */
  remove(segment: Segment): void;
}

/** Takes what cannot be had any more out of the queues: what was damaged or deleted is lost, what others took is not. */
export class LostSegments {
  readonly #port: LostSegmentsPort;

  constructor(port: LostSegmentsPort) {
    this.#port = port;
  }

  /** Reads a segment that another store left, and gives up what of it is torn or damaged. False: it cannot be read now. */
  read(left: LeftSegment): boolean {
    const { queues, losses, remove } = this.#port;
    try {
      const { segment, damaged } = left.read();
      const lost = left.waiting - segment.waiting;
      // What has been counted must not be there for whoever adopts the file next.
      const clean = lost > 0 && segment.left > 0 ? segment.compact() : segment;
      queues.replace(left, clean);
      if (clean.left === 0) remove(clean);
      // Last, since the host may record while it is told.
      losses.damaged(left.path, damaged, lost);
    } catch (cause) {
      if (isPassing(cause)) return false;
      if (isRefused(cause)) this.#handBack(left);
      else this.#giveUpLeft(left, cause);
    }
    return true;
  }

  /** Gives up what waits in a segment that cannot be read; nothing where it only cannot be read now. */
  giveUp(segment: Segment, cause: unknown): void {
    if (isPassing(cause) || isRefused(cause)) return;
    const { losses, watch } = this.#port;
    // What is leased of it may still be settled.
    const path = segment.left === segment.waiting ? segment.path : undefined;
    const taken = watch.wasTaken(segment);
    const positions: Position[] = [];
    while (segment.waiting > 0) positions.push(this.dropFirst(segment));
    const own = positions.filter((position) => position > 0);
    const events = { count: positions.length, positions: own };
    if (taken) losses.taken(events);
    else losses.unreadable(path, cause, events);
  }

  /** Gives up what others have taken over. */
  giveUpTaken(): void {
    const { queues, watch } = this.#port;
    const cause = new Error("another process has taken it over");
    for (const segment of watch.touch(queues))
      if (segment instanceof Segment) this.giveUp(segment, cause);
      else this.#giveUpLeft(segment, cause);
  }

  /** Forgets the first event that waits in a segment; returns its position. */
  dropFirst(segment: Segment): Position {
    const { queues, remove } = this.#port;
    const index = segment.firstWaiting();
    const position = segment.position(index);
    queues.drop(segment, index);
    if (segment.left === 0) remove(segment);
    return position;
  }

  /** Leaves what may not be read to whoever comes next: what else waits must not wait for it. */
  #handBack(left: LeftSegment): void {
    const { queues, losses } = this.#port;
    queues.remove(left);
    try {
      left.leave();
    } catch {
      // It stays this process's, and is taken over when that has ended.
    }
    losses.taken({ count: left.waiting });
  }

  #giveUpLeft(left: LeftSegment, cause: unknown): void {
    const { queues, losses, watch } = this.#port;
    const { path, waiting: count } = left;
    queues.remove(left);
    if (watch.wasTaken(left)) losses.taken({ count });
    else losses.unreadable(path, cause, { count });
  }
}
