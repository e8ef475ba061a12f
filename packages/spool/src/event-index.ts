import type { Position } from "@activity/core";

/** Where an event of a segment is: in the store, in a lease, or gone. */
export type Whereabouts = 0 | 1 | 2;

const firstRoom = 32;
/** Kept for reuse: as many as a busy store begins and ends between two looks of the collector. */
const maxFree = 32;
const free: EventIndex[] = [];

/**
 * What is known of each event of a segment. In typed arrays, which lie outside the heap, and are used again: a
 * full spool has an entry for each of 170,000 events, and an engine gives a program whose young objects survive
 * ever more room.
 */
export class EventIndex {
  /** One that holds nothing, for a segment that is gone. */
  static readonly none: EventIndex = new EventIndex();

  /** An empty one. */
  static take(): EventIndex {
    return free.pop() ?? new EventIndex();
  }

  /** Gives one back that nobody looks at any more. */
  static give(index: EventIndex): void {
    index.length = 0;
    if (index !== EventIndex.none && free.length < maxFree) free.push(index);
  }

  /** How many events there are. */
  length = 0;
  #ends = new Float64Array(firstRoom);
  #positions = new Float64Array(firstRoom);
  #times = new Float64Array(firstRoom);
  #states = new Uint8Array(firstRoom);

  /** Adds one that is in the store. */
  push(end: number, position: Position, time: number): void {
    const place = this.length++;
    if (place === this.#ends.length) this.#grow();
    this.#ends[place] = end;
    this.#positions[place] = position;
    this.#times[place] = time;
    this.#states[place] = 0;
  }

  /** Where it ends in the content. */
  end(index: number): number {
    return this.#ends[index] ?? 0;
  }

  position(index: number): Position {
    return this.#positions[index] ?? 0;
  }

  time(index: number): number {
    return this.#times[index] ?? 0;
  }

  state(index: number): Whereabouts {
    return this.#states[index] as Whereabouts; // Nothing else is ever put in.
  }

  setState(index: number, state: Whereabouts): void {
    this.#states[index] = state;
  }

  #grow(): void {
    const room = this.#ends.length * 2;
    this.#ends = moved(this.#ends, new Float64Array(room));
    this.#positions = moved(this.#positions, new Float64Array(room));
    this.#times = moved(this.#times, new Float64Array(room));
    this.#states = moved(this.#states, new Uint8Array(room));
  }
}

function moved<T extends Float64Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
