import type { Clock } from "@activity/core";
import { Segment } from "./segment.ts";
import type { SegmentContent } from "./segment-content.ts";
import type { SegmentPlace } from "./segment-files.ts";
import type { SegmentQueues } from "./segment-queues.ts";

/** What {@link EventsInMemory} work with. */
export interface EventsInMemoryPort {
  readonly queues: SegmentQueues;
  readonly clock: Clock;
  /** Makes a file of whole lines. @throws when the disk does not take it. */
  create(lines: Uint8Array, about: SegmentPlace): SegmentContent;
  /** Called when what was in one segment is in another. */
  moved(from: Segment, to: Segment): void;
  /** Forgets a segment of which nothing is left. */
  remove(segment: Segment): void;
}

/** How often the disk is tried again at most. */
const everyMs = 1_000;

/** The events that the disk did not take and that die with this process. */
export class EventsInMemory {
  readonly #port: EventsInMemoryPort;
  #tryAt: number = Number.NEGATIVE_INFINITY;

  constructor(port: EventsInMemoryPort) {
    this.#port = port;
  }

  /** Whether there are any. */
  get any(): boolean {
    return [...this.#port.queues].some(isPerishable);
  }

  /** Moves them to disk, should it take them again; what is leased stays. Tried once a second at most. */
  rescue(): void {
    const now = this.#port.clock.monotonic();
    if (now < this.#tryAt) return;
    this.#tryAt = now + everyMs;
    const segments = [...this.#port.queues].filter(isPerishable);
    segments.filter(({ left, waiting }) => left === waiting).every((segment) => this.#move(segment));
  }

  /** Moves them to disk, and gives up what it does not take; returns how many those are. None may be leased. */
  preserve(): number {
    const { queues, remove } = this.#port;
    let lost = 0;
    for (const segment of [...queues].filter(isPerishable)) {
      if (this.#move(segment)) continue;
      const perishable = segment.perishable();
      lost += perishable.length;
      for (const index of perishable) queues.drop(segment, index);
      if (segment.left === 0) remove(segment);
    }
    return lost;
  }

  #move(segment: Segment): boolean {
    const { create, moved } = this.#port;
    try {
      moved(
        segment,
        segment.moveTo((lines) => create(lines, segment)),
      );
      return true;
    } catch {
      return false; // The disk has been told of before.
    }
  }
}

function isPerishable(segment: unknown): segment is Segment {
  return segment instanceof Segment && segment.perishable().length > 0;
}
