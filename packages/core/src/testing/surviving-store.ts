import type { Lease, NumberedSource, Position, Store } from "../ports/store.ts";
import { importances } from "../ports/store.ts";
import type { MemoryStoreOptions } from "../store/memory-store.ts";
import { createMemoryStore } from "../store/memory-store.ts";

/** Options of a surviving store. */
export interface SurvivingStoreOptions extends MemoryStoreOptions {
  /** What a dead process left. They are leased as position 0. */
  readonly left?: readonly string[] | undefined;
  /** Sources of dead processes. */
  readonly ended?: readonly NumberedSource[] | undefined;
}

/** A store double that outlives its outbox, as a disk does: it adopts, loads, and takes its time to be durable. */
export interface SurvivingStore extends Store {
  /** How often it was asked what others left. */
  readonly adoptions: number;
  /** Leases ended by `release`, whole. */
  readonly released: readonly Lease[];
  /** The sources that it was told of, in order. */
  readonly begun: readonly NumberedSource[];
  /** How many of its events die with the process; `survives` is false then. */
  perishable: number;
  /** Whether leases are `"loading"`; setting it to `false` calls `onReady`. */
  loading: boolean;
  /** Ends every wait for durability: well, or as a disk that is full. */
  flushDisk(cause?: Error): void;
}

/** Makes one over a memory store. */
export function survivingStore(options: SurvivingStoreOptions = {}): SurvivingStore {
  const { left = [] } = options;
  const ended = [...(options.ended ?? [])];
  const memory = createMemoryStore(options);
  const released: Lease[] = [];
  const begun: NumberedSource[] = [];
  const waits: { resolve(): void; reject(cause: Error): void }[] = [];
  let foreign: Position = 0;
  let loading = false;
  let adoptions = 0;
  for (const text of left) foreign = memory.append(text, 0, importances.kept);

  const store: SurvivingStore = {
    capacity: memory.capacity,
    get survives() {
      return store.perishable === 0;
    },
    perishable: 0,
    preserve: () => store.perishable,
    usage: memory.usage,
    released,
    begun,
    begin: (source) => begun.push(source),
    ended: (close) => {
      for (const source of ended.splice(0)) close(source);
    },
    get loading() {
      return loading;
    },
    set loading(value) {
      loading = value;
      if (!value) store.onReady?.();
    },
    append: (text, lane, importance) => memory.append(text, lane, importance) - foreign,
    durable: () => new Promise((resolve, reject) => waits.push({ resolve, reject })),
    flushDisk: (cause) => {
      for (const wait of waits.splice(0)) cause === undefined ? wait.resolve() : wait.reject(cause);
    },
    get adoptions() {
      return adoptions;
    },
    adopt: () => (adoptions++ === 0 ? left.length : 0),
    lease: (open, force) => {
      if (loading) return "loading";
      const lease = memory.lease(open, force);
      if (lease === undefined || lease === "loading") return lease;
      const positions = Array.from(lease.positions, (position) => Math.max(0, position - foreign));
      return { ...lease, positions };
    },
    settle: (lease, unconfirmed) => memory.settle(lease, unconfirmed),
    release: (lease) => {
      released.push(lease);
      memory.release(lease);
    },
    withdraw: (from, to) =>
      memory.withdraw?.(from + foreign, to + foreign).map((position) => position - foreign) ?? [],
    evict: (bornBefore) =>
      memory.evict(bornBefore).map((eviction) => ({
        ...eviction,
        positions: eviction.positions.map((position) => position - foreign),
      })),
    // What it holds is for whoever comes next.
    close: () => Promise.resolve(),
  };
  return store;
}
