import type { DropReason } from "./sink.ts";

/**
 * How much an event matters when room is short; a lower one goes first. `kept` is for events that somebody
 * else was told are safe: they are never evicted.
 */
export const importances = {
  metric: 0,
  active: 1,
  log: 2,
  behavioral: 3,
  error: 4,
  billing: 5,
  kept: 6,
} as const;

/** A value of {@link importances}. */
export type Importance = (typeof importances)[keyof typeof importances];

/** Order of entry into one store: 1, 2, 3 … 0 for what another process left. */
export type Position = number;

/** What a store hands out and takes back whole: events of one lane, in order. */
export interface Lease {
  readonly lane: number;
  readonly count: number;
  /** Every event followed by a line feed. Valid until `settle` or `release`. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where event `index` ends in `bytes`, its line feed included. */
  readonly ends: ArrayLike<number>;
  /** The position of each event. */
  readonly positions: ArrayLike<Position>;
  /** When each event entered, by the clock's `monotonic()`. */
  readonly times: ArrayLike<number>;
  /** The highest importance among its events, for giving up what failing lanes hold too long. @defaultValue `kept`: never */
  readonly importance?: Importance | undefined;
}

/** Where a client's events get their numbers: `<name>.1`, `<name>.2`, … `<name>.<last>` so far. */
export interface NumberedSource {
  readonly name: string;
  readonly last: number;
}

/** Events that a store gave up. */
export interface Eviction {
  readonly reason: DropReason;
  readonly count: number;
  /** The texts of the events, for counting them by type and naming their numbers. */
  readonly texts: readonly string[];
  /** The positions of those that entered here. */
  readonly positions: readonly Position[];
}

/** Events that another process has taken over from a store, since it took this one for dead. It counts them now. */
export interface TakenOver {
  readonly count: number;
  /** The positions of those that entered here. */
  readonly positions: readonly Position[];
}

/** What a store holds now, waiting and leased. One object whose numbers change. */
export interface StoreUsage {
  readonly events: number;
  readonly bytes: number;
  /** Of `bytes`, what may be evicted: neither leased nor `kept`. */
  readonly evictableBytes: number;
  /** Of `events`, what may be evicted. */
  readonly evictableEvents: number;
}

/** Where unconfirmed events wait. Synchronous; only durability and I/O are awaited. */
export interface Store {
  /** What it holds at most; announcements of what was dropped come on top, a tenth of it at most, until all are written at close. */
  readonly capacity: { readonly events: number; readonly bytes: number };
  /** Whether what it holds outlives this process. */
  readonly survives: boolean;
  readonly usage: StoreUsage;
  /** Events of this process that it holds already when its outbox is made, at the positions from 1 to this. @defaultValue 0 */
  readonly entered?: number | undefined;
  /** Keeps one event. Never refuses: the outbox asks {@link Store.evict} next. */
  append(text: string, lane: number, importance: Importance): Position;
  /** Resolves when everything up to a position is on disk. At once where `survives` is false. */
  durable(upTo: Position): Promise<void>;
  /**
   * Hands out the oldest events of an open lane, or `undefined` when there are none (without `force`: not
   * enough to be worth it), or `"loading"`: ask again on `onReady`.
   */
  lease(open: (lane: number) => boolean, force: boolean): Lease | "loading" | undefined;
  /** Ends a lease. Events whose index is in `unconfirmed` stay, at the front of their lane; the others are gone. */
  settle(lease: Lease, unconfirmed: readonly number[]): void;
  /** Ends a lease of which nothing was confirmed, at close: all of it stays, for whoever comes next. */
  release(lease: Lease): void;
  /** Takes back out what still waits of a range of positions, both ends included; returns what was taken. Leased ones stay. */
  withdraw?(from: Position, to: Position): readonly Position[];
  /** Takes over what dead processes left; returns how many events. */
  adopt?(): number;
  /**
   * Tells of a source just before its first event is appended, so that others can say where it ended should
   * this process die. May be told again of one that it knows.
   */
  begin?(source: NumberedSource): void;
  /**
   * Names every source of dead processes whose last number is certain, each once; it is forgotten when
   * `close` returns. Asked after `adopt`.
   */
  ended?(close: (source: NumberedSource) => void): void;
  /**
   * Gives up what exceeds the capacity, oldest of the least important first, what is older than the store
   * keeps, and what entered before `bornBefore` (by the clock's `monotonic()`). Never what is leased or `kept`.
   */
  evict(bornBefore?: number): readonly Eviction[];
  /** What others have taken over since this was last asked. Asked after `evict`. */
  takenOver?(): TakenOver;
  /** Set by the outbox; called when a lease that was `"loading"` can be asked for again. */
  onReady?: (() => void) | undefined;
  /**
   * At close, where `survives` is false: puts in safety what it can, and returns how many events die with
   * this process all the same. Without it, all do.
   */
  preserve?(): number;
  /** Frees everything; resolves when what survives is safe. */
  close(): Promise<void>;
}
