import { systemClock } from "../clock.ts";
import { defaultLimits } from "../limits.ts";
import type { Clock } from "../ports/clock.ts";
import type { Eviction, Importance, Lease, Position, Store } from "../ports/store.ts";
import { importances } from "../ports/store.ts";
import type { EventRun } from "./event-queue.ts";
import { ChunkPool, EventQueue } from "./event-queue.ts";

/** Options of a memory store. */
export interface MemoryStoreOptions {
  /** Events it holds at most. @defaultValue 10,000 */
  readonly maxEvents?: number | undefined;
  /** Bytes it holds at most. @defaultValue 16 MiB */
  readonly maxBytes?: number | undefined;
  /** Events and bytes that one lease takes at most, and that a lane must hold before it is leased without force. */
  readonly lease?: { readonly maxEvents: number; readonly maxBytes: number } | undefined;
  readonly clock?: Clock | undefined;
}

/** The events of one lane, a queue for each importance. */
interface LaneQueues {
  readonly lane: number;
  readonly byImportance: EventQueue[];
  events: number;
  bytes: number;
}

/**
 * Keeps events in memory. What it holds dies with the process: `durable` resolves at once and
 * `survives` is false.
 */
export function createMemoryStore(options: MemoryStoreOptions = {}): Store {
  const { maxEvents = defaultLimits.memoryStore.events, maxBytes = defaultLimits.memoryStore.bytes } =
    options;
  const { lease: leaseLimits = defaultLimits.batch, clock = systemClock } = options;
  const pool = new ChunkPool();
  const lanes = new Map<number, LaneQueues>();
  const usage = { events: 0, bytes: 0, evictableEvents: 0, evictableBytes: 0 };
  let lastPosition = 0;

  function queuesOf(lane: number): LaneQueues {
    let queues = lanes.get(lane);
    if (queues === undefined) {
      queues = {
        lane,
        byImportance: Object.values(importances).map(() => new EventQueue(pool)),
        events: 0,
        bytes: 0,
      };
      lanes.set(lane, queues);
    }
    return queues;
  }

  function count(lane: LaneQueues, importance: number, events: number, bytes: number): void {
    lane.events += events;
    lane.bytes += bytes;
    if (importance !== importances.kept) {
      usage.evictableEvents += events;
      usage.evictableBytes += bytes;
    }
  }

  /** The open lane whose first event is the oldest. */
  function oldestLane(open: (lane: number) => boolean, force: boolean): LaneQueues | undefined {
    let oldest: LaneQueues | undefined;
    let position = Number.POSITIVE_INFINITY;
    for (const lane of lanes.values()) {
      const worth = force
        ? lane.events > 0
        : lane.events >= leaseLimits.maxEvents || lane.bytes >= leaseLimits.maxBytes;
      if (!worth || !open(lane.lane)) continue;
      const first = Math.min(...lane.byImportance.map((queue) => queue.position));
      if (first < position) [oldest, position] = [lane, first];
    }
    return oldest;
  }

  function lease(open: (lane: number) => boolean, force: boolean): Lease | undefined {
    const lane = oldestLane(open, force);
    if (lane === undefined) return undefined;
    const run: EventRun = {
      bytes: new Uint8Array(Math.min(lane.bytes, leaseLimits.maxBytes)),
      ends: [],
      positions: [],
      times: [],
    };
    // The queues of a lane are merged by position, so that a lane keeps its order over all importances.
    for (let moved = 1; moved > 0 && run.ends.length < leaseLimits.maxEvents; ) {
      const importance = firstQueue(lane);
      const others = Math.min(
        ...lane.byImportance.map((queue, other) => (other === importance ? Infinity : queue.position)),
      );
      const before = run.ends.at(-1) ?? 0;
      moved = lane.byImportance[importance]?.move(run, others, leaseLimits) ?? 0;
      count(lane, importance, -moved, before - (run.ends.at(-1) ?? 0));
    }
    const bytes = run.bytes.subarray(0, run.ends.at(-1) ?? 0);
    return {
      lane: lane.lane,
      count: run.ends.length,
      bytes,
      ends: run.ends,
      positions: run.positions,
      times: run.times,
    };
  }

  /** The least important event that may go, oldest first; only those that entered before `bornBefore`, if given. */
  function evictOne(bornBefore?: number): { readonly text: string; readonly position: Position } | undefined {
    for (let importance = 0; importance < importances.kept; importance++) {
      let oldest: { readonly lane: LaneQueues; readonly queue: EventQueue } | undefined;
      for (const lane of lanes.values()) {
        const queue = lane.byImportance[importance];
        if (queue !== undefined && queue.position < (oldest?.queue.position ?? Number.POSITIVE_INFINITY))
          oldest = { lane, queue };
      }
      if (oldest === undefined || (bornBefore !== undefined && oldest.queue.time >= bornBefore)) continue;
      const event = oldest.queue.shift();
      if (event === undefined) continue;
      count(oldest.lane, importance, -1, -event.bytes);
      usage.events--;
      usage.bytes -= event.bytes;
      return event;
    }
    return undefined;
  }

  function evictWhile(
    over: () => boolean,
    reason: Eviction["reason"],
    bornBefore?: number,
  ): readonly Eviction[] {
    const texts: string[] = [];
    const positions: Position[] = [];
    while (over()) {
      const event = evictOne(bornBefore);
      if (event === undefined) break;
      texts.push(event.text);
      positions.push(event.position);
    }
    return texts.length === 0 ? [] : [{ reason, count: texts.length, texts, positions }];
  }

  function settle(lease: Lease, unconfirmed: readonly number[]): void {
    usage.events -= lease.count;
    usage.bytes -= lease.bytes.length;
    if (unconfirmed.length === 0) return;
    const run = pick(lease, unconfirmed);
    const lane = queuesOf(lease.lane);
    // What comes back was promised a further try: it is not evicted.
    lane.byImportance[importances.kept]?.putBack(run);
    usage.events += run.ends.length;
    usage.bytes += run.bytes.length;
    count(lane, importances.kept, run.ends.length, run.bytes.length);
  }

  return {
    capacity: { events: maxEvents, bytes: maxBytes },
    survives: false,
    usage,
    append: (text, lane, importance: Importance) => {
      const queues = queuesOf(lane);
      const bytes = (queues.byImportance[importance] as EventQueue).push(
        text,
        ++lastPosition,
        clock.monotonic(),
      ); // One for each importance.
      usage.events++;
      usage.bytes += bytes;
      count(queues, importance, 1, bytes);
      return lastPosition;
    },
    durable: () => Promise.resolve(),
    lease,
    settle,
    release: (lease) =>
      settle(
        lease,
        Array.from(lease.ends, (_, index) => index),
      ),
    withdraw: (from, to) => {
      let withdrawn = 0;
      for (const lane of lanes.values()) {
        for (const [importance, queue] of lane.byImportance.entries()) {
          const { events, bytes } = queue.withdraw(from, to);
          count(lane, importance, -events, -bytes);
          usage.events -= events;
          usage.bytes -= bytes;
          withdrawn += events;
        }
      }
      return withdrawn;
    },
    evict: (bornBefore) => [
      ...(bornBefore === undefined ? [] : evictWhile(() => true, "expired", bornBefore)),
      ...evictWhile(() => usage.events > maxEvents || usage.bytes > maxBytes, "capacity"),
    ],
    close: () => {
      lanes.clear();
      return Promise.resolve();
    },
  };
}

/** The importance whose first event is the lane's oldest. */
function firstQueue({ byImportance }: LaneQueues): number {
  let first = 0;
  for (const [importance, queue] of byImportance.entries()) {
    if (queue.position < (byImportance[first] as EventQueue).position) first = importance; // `first` was an index of it.
  }
  return first;
}

/** Some events of a lease, in order, in bytes of their own. */
function pick({ bytes, ends, positions, times }: Lease, indices: readonly number[]): EventRun {
  const picked: EventRun = { bytes: new Uint8Array(bytes.length), ends: [], positions: [], times: [] };
  let used = 0;
  for (const index of indices) {
    const start = index === 0 ? 0 : (ends[index - 1] ?? 0);
    const end = ends[index] ?? start;
    picked.bytes.set(bytes.subarray(start, end), used);
    used += end - start;
    picked.ends.push(used);
    picked.positions.push(positions[index] ?? 0);
    picked.times.push(times[index] ?? 0);
  }
  picked.bytes = picked.bytes.slice(0, used);
  return picked;
}
