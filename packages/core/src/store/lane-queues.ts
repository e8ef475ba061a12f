import type { Importance, StoreUsage } from "../ports/store.ts";
import { importances } from "../ports/store.ts";
import type { ChunkPool, EventRun, RunLimits } from "./event-queue.ts";
import { EventQueue } from "./event-queue.ts";

/** Numbers of a store while they change. */
export type Counts = { -readonly [Key in keyof StoreUsage]: number };

/** The events of one lane, a queue for each importance. */
export class LaneQueues {
  readonly lane: number;
  readonly queues: readonly EventQueue[];
  events = 0;
  bytes = 0;
  readonly #usage: Counts;

  constructor(lane: number, pool: ChunkPool, usage: Counts) {
    this.lane = lane;
    this.queues = Object.values(importances).map(() => new EventQueue(pool));
    this.#usage = usage;
  }

  /** The queue of one importance. */
  queue(importance: Importance): EventQueue {
    return this.queues[importance] as EventQueue; // There is one for each.
  }

  /** Position of the oldest event, or `Infinity` when there is none. */
  get position(): number {
    return Math.min(...this.queues.map((queue) => queue.position));
  }

  /** Notes that waiting events of an importance came, or went where the numbers are negative. */
  count(importance: number, events: number, bytes: number): void {
    this.events += events;
    this.bytes += bytes;
    if (importance === importances.kept) return;
    this.#usage.evictableEvents += events;
    this.#usage.evictableBytes += bytes;
  }

  /**
   * Moves events to a run within its limits, in the order in which they entered, whatever their importance; returns
   * the highest importance among them.
   */
  fill(run: EventRun, limits: RunLimits): number {
    let highest = 0;
    for (;;) {
      const positions = this.queues.map((queue) => queue.position);
      const [first = Number.POSITIVE_INFINITY, next = first] = positions.toSorted((a, b) => a - b);
      const importance = positions.indexOf(first);
      const before = run.ends.at(-1) ?? 0;
      const moved = this.queues[importance]?.move(run, next, limits) ?? 0;
      if (moved === 0) return highest;
      highest = Math.max(highest, importance);
      this.count(importance, -moved, before - (run.ends.at(-1) ?? 0));
    }
  }
}
