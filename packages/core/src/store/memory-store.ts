import { systemClock } from "../clock.ts";
import { checkNumber } from "../errors/check-number.ts";
import { defaultLimits } from "../limits.ts";
import type { Clock } from "../ports/clock.ts";
import type { Eviction, Importance, Lease, Position, Store } from "../ports/store.ts";
import { importances } from "../ports/store.ts";
import type { EventRun, RunLimits } from "./event-queue.ts";
import { ChunkPool } from "./event-queue.ts";
import type { Counts } from "./lane-queues.ts";
import { LaneQueues } from "./lane-queues.ts";
import { LeaseRooms } from "./lease-rooms.ts";

/** Options of a memory store. */
export interface MemoryStoreOptions {
  /** Events it holds at most. @defaultValue 10,000 */
  readonly maxEvents?: number | undefined;
  /** Bytes it holds at most. @defaultValue 16 MiB */
  readonly maxBytes?: number | undefined;
  /**
   * Events and bytes that one lease takes at most, and that a lane must hold before it is leased without
   * force: what the transport's batches hold. @defaultValue 1,000 events, 512 KiB
   */
  readonly lease?: { readonly maxEvents: number; readonly maxBytes: number } | undefined;
  readonly clock?: Clock | undefined;
}

/**
 * Keeps events in memory. What it holds dies with the process: `durable` resolves at once and
 * `survives` is false.
 *
 * @throws INVALID_OPTION for a number that is out of its range
 */
export function createMemoryStore(options: MemoryStoreOptions = {}): Store {
  checkNumber("maxEvents", options.maxEvents, { min: 1 });
  checkNumber("maxBytes", options.maxBytes, { min: 1 });
  checkNumber("lease.maxEvents", options.lease?.maxEvents, { min: 1 });
  checkNumber("lease.maxBytes", options.lease?.maxBytes, { min: 1 });
  return new MemoryStore(options);
}

class MemoryStore implements Store {
  readonly capacity: Store["capacity"];
  readonly survives = false;
  readonly usage: Counts = { events: 0, bytes: 0, evictableEvents: 0, evictableBytes: 0 };
  readonly #leaseLimits: RunLimits;
  readonly #clock: Clock;
  readonly #pool: ChunkPool = new ChunkPool();
  readonly #lanes = new Map<number, LaneQueues>();
  readonly #rooms: LeaseRooms = new LeaseRooms();
  /** Where the bytes of each open lease are. */
  readonly #lent = new Map<Lease, Uint8Array<ArrayBuffer>>();
  #last: Position = 0;

  constructor(options: MemoryStoreOptions) {
    const { memoryStore, batch } = defaultLimits;
    const { maxEvents = memoryStore.events, maxBytes = memoryStore.bytes } = options;
    this.capacity = { events: maxEvents, bytes: maxBytes };
    this.#leaseLimits = options.lease ?? batch;
    this.#clock = options.clock ?? systemClock;
  }

  append(text: string, lane: number, importance: Importance): Position {
    const queues = this.#lane(lane);
    const bytes = queues.queue(importance).push(text, ++this.#last, this.#clock.monotonic());
    this.usage.events++;
    this.usage.bytes += bytes;
    queues.count(importance, 1, bytes);
    return this.#last;
  }

  durable(): Promise<void> {
    return Promise.resolve();
  }

  lease(open: (lane: number) => boolean, force: boolean): Lease | undefined {
    const lane = this.#oldestLane(open, force);
    if (lane === undefined) return undefined;
    const room = this.#rooms.take(roomForLease(lane, this.#leaseLimits));
    const run: EventRun = { bytes: room, ends: [], positions: [], times: [] };
    const importance = lane.fill(run, this.#leaseLimits) as Importance; // Of one of its queues.
    const count = run.ends.length;
    const bytes = run.bytes.subarray(0, run.ends[count - 1]);
    const lease = { ...run, lane: lane.lane, count, bytes, importance };
    this.#lent.set(lease, run.bytes);
    return lease;
  }

  settle(lease: Lease, unconfirmed: readonly number[]): void {
    this.usage.events -= lease.count;
    this.usage.bytes -= lease.bytes.length;
    const run = unconfirmed.length === 0 ? undefined : pick(lease, unconfirmed);
    const room = this.#lent.get(lease);
    if (this.#lent.delete(lease) && room !== undefined) this.#rooms.give(room);
    if (run === undefined) return;
    const change = { events: run.ends.length, bytes: run.bytes.length };
    // What comes back was promised a further try: it is not evicted.
    this.#lane(lease.lane).queue(importances.kept).putBack(run);
    this.#lane(lease.lane).count(importances.kept, change.events, change.bytes);
    this.usage.events += change.events;
    this.usage.bytes += change.bytes;
  }

  release(lease: Lease): void {
    this.settle(
      lease,
      Array.from(lease.ends, (_, index) => index),
    );
  }

  withdraw(from: Position, to: Position): readonly Position[] {
    const withdrawn: Position[] = [];
    for (const lane of this.#lanes.values()) {
      for (const [importance, queue] of lane.queues.entries()) {
        const { positions, bytes } = queue.withdraw(from, to);
        lane.count(importance, -positions.length, -bytes);
        this.usage.events -= positions.length;
        this.usage.bytes -= bytes;
        withdrawn.push(...positions);
      }
    }
    return withdrawn;
  }

  evict(bornBefore?: number): readonly Eviction[] {
    const evictions: Eviction[] = [];
    if (bornBefore !== undefined) this.#giveUp("expired", bornBefore, evictions);
    if (this.#full) this.#giveUp("capacity", Number.POSITIVE_INFINITY, evictions);
    return evictions;
  }

  close(): Promise<void> {
    this.#lanes.clear();
    return Promise.resolve();
  }

  #lane(lane: number): LaneQueues {
    let queues = this.#lanes.get(lane);
    if (queues === undefined) {
      queues = new LaneQueues(lane, this.#pool, this.usage);
      this.#lanes.set(lane, queues);
    }
    return queues;
  }

  /** The open lane whose first event is the oldest. */
  #oldestLane(open: (lane: number) => boolean, force: boolean): LaneQueues | undefined {
    const { maxEvents, maxBytes } = this.#leaseLimits;
    let oldest: LaneQueues | undefined;
    for (const lane of this.#lanes.values()) {
      const worth = force ? lane.events > 0 : lane.events >= maxEvents || lane.bytes >= maxBytes;
      if (worth && open(lane.lane) && (oldest === undefined || lane.position < oldest.position))
        oldest = lane;
    }
    return oldest;
  }

  get #full(): boolean {
    const { usage, capacity } = this;
    return usage.events > capacity.events || usage.bytes > capacity.bytes;
  }

  /** Takes out the oldest of the least important events: all that entered before `bornBefore`, or until the rest fits. */
  #giveUp(reason: Eviction["reason"], bornBefore: number, evictions: Eviction[]): void {
    const texts: string[] = [];
    const positions: Position[] = [];
    for (let importance = 0; importance < importances.kept; importance++) {
      while (reason === "expired" || this.#full) {
        const lane = this.#oldestOf(importance, bornBefore);
        const queue = lane?.queues[importance];
        if (lane === undefined || queue === undefined) break;
        const bytes = queue.firstBytes;
        positions.push(queue.position);
        texts.push(queue.shift());
        this.usage.events--;
        this.usage.bytes -= bytes;
        lane.count(importance, -1, -bytes);
      }
    }
    if (texts.length > 0) evictions.push({ reason, count: texts.length, texts, positions });
  }

  /** The lane whose first event of an importance is the oldest, of those that entered before `bornBefore`. */
  #oldestOf(importance: number, bornBefore: number): LaneQueues | undefined {
    let oldest: LaneQueues | undefined;
    let first: Position = Number.POSITIVE_INFINITY;
    for (const lane of this.#lanes.values()) {
      const queue = lane.queues[importance];
      if (queue === undefined || queue.position >= first || queue.time >= bornBefore) continue;
      oldest = lane;
      first = queue.position;
    }
    return oldest;
  }
}

/** A little more than a lease is likely to take; where its events are larger than most of their lane, it grows. */
function roomForLease({ events, bytes }: LaneQueues, { maxEvents, maxBytes }: RunLimits): number {
  const likely = events <= maxEvents ? bytes : Math.ceil((bytes / events) * maxEvents * 1.1);
  return Math.min(likely, bytes, maxBytes);
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
