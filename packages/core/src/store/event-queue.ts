import type { Position } from "../ports/store.ts";
import { utf8Bytes } from "../event/shorten-event.ts";

/** Bytes of a chunk; a larger event gets one of its own. */
const chunkBytes = 16_384;
/** Free chunks kept for reuse. */
const maxPooled = 64;

interface Chunk {
  readonly bytes: Uint8Array;
  used: number;
  /** The first event that is still here. */
  first: number;
  readonly ends: number[];
  readonly positions: Position[];
  readonly times: number[];
}

/** Events of one lease while it is filled. */
export interface EventRun {
  bytes: Uint8Array;
  readonly ends: number[];
  readonly positions: Position[];
  readonly times: number[];
}

/** Bounds of a run. */
export interface RunLimits {
  readonly maxEvents: number;
  readonly maxBytes: number;
}

const lineFeed = 10;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Chunks that are given back and taken again; one pool for all queues of a store. */
export class ChunkPool {
  readonly #free: Uint8Array[] = [];

  take(bytes: number): Uint8Array {
    return (bytes === chunkBytes ? this.#free.pop() : undefined) ?? new Uint8Array(bytes);
  }

  give(bytes: Uint8Array): void {
    if (bytes.length === chunkBytes && this.#free.length < maxPooled) this.#free.push(bytes);
  }
}

/**
 * A queue of event texts, kept as bytes in chunks: a byte of heap for a byte of event, where an object or
 * a string for each would cost hundreds. Events leave at the front only, or are taken out where they stand.
 */
export class EventQueue {
  readonly #pool: ChunkPool;
  readonly #chunks: Chunk[] = [];

  constructor(pool: ChunkPool) {
    this.#pool = pool;
  }

  /** Position of the first event, or `Infinity` when there is none. */
  get position(): Position {
    const chunk = this.#chunks[0];
    return chunk === undefined
      ? Number.POSITIVE_INFINITY
      : (chunk.positions[chunk.first] ?? Number.POSITIVE_INFINITY);
  }

  /** When the first event entered, or `Infinity`. */
  get time(): number {
    const chunk = this.#chunks[0];
    return chunk === undefined
      ? Number.POSITIVE_INFINITY
      : (chunk.times[chunk.first] ?? Number.POSITIVE_INFINITY);
  }

  /** Adds an event at the end; returns its bytes, line feed included. */
  push(text: string, position: Position, time: number): number {
    let chunk = this.#chunks.at(-1);
    let encoded = chunk && encode(text, chunk);
    if (chunk === undefined || encoded === undefined || encoded.read < text.length) {
      const bytes = this.#pool.take(text.length * 3 < chunkBytes ? chunkBytes : utf8Bytes(text) + 1);
      chunk = { bytes, used: 0, first: 0, ends: [], positions: [], times: [] };
      this.#chunks.push(chunk);
      encoded = encode(text, chunk);
    }
    const bytes = encoded.written + 1;
    chunk.used += bytes;
    chunk.bytes[chunk.used - 1] = lineFeed;
    chunk.ends.push(chunk.used);
    chunk.positions.push(position);
    chunk.times.push(time);
    return bytes;
  }

  /**
   * Moves events from the front to the end of a run, as long as their positions are below `before` and
   * the run keeps within its bounds; returns how many. An empty run takes one event of any size.
   */
  move(run: EventRun, before: Position, { maxEvents, maxBytes }: RunLimits): number {
    const chunk = this.#chunks[0];
    if (chunk === undefined) return 0;
    const from = startOf(chunk, chunk.first);
    const base = run.ends.at(-1) ?? 0;
    let next = chunk.first;
    while (next < chunk.ends.length && run.ends.length < maxEvents) {
      const end = base + at(chunk.ends, next) - from;
      if (at(chunk.positions, next) >= before || (end > maxBytes && run.ends.length > 0)) break;
      run.ends.push(end);
      run.positions.push(at(chunk.positions, next));
      run.times.push(at(chunk.times, next));
      next++;
    }
    const count = next - chunk.first;
    const end = run.ends.at(-1) ?? 0;
    if (end > run.bytes.length)
      run.bytes = grow(run.bytes, Math.max(end, Math.min(maxBytes, run.bytes.length * 2)));
    run.bytes.set(chunk.bytes.subarray(from, from + end - base), base);
    this.#advance(chunk, next);
    return count;
  }

  /** Takes the first event out and returns its text and position. */
  shift(): { readonly text: string; readonly position: Position; readonly bytes: number } | undefined {
    const chunk = this.#chunks[0];
    if (chunk === undefined) return undefined;
    const index = chunk.first;
    const start = startOf(chunk, index);
    const end = at(chunk.ends, index);
    const text = decoder.decode(chunk.bytes.subarray(start, end - 1));
    const position = at(chunk.positions, index);
    this.#advance(chunk, index + 1);
    return { text, position, bytes: end - start };
  }

  /** Takes out every event whose position lies in the range; returns their positions and bytes. */
  withdraw(
    from: Position,
    to: Position,
  ): { readonly positions: readonly Position[]; readonly bytes: number } {
    const positions: Position[] = [];
    let bytes = 0;
    for (const chunk of [...this.#chunks]) {
      const first = at(chunk.positions, chunk.first);
      if (at(chunk.positions, chunk.positions.length - 1) < from || first > to) continue;
      const kept: EventRun = { bytes: chunk.bytes, ends: [], positions: [], times: [] };
      const before = chunk.used - startOf(chunk, chunk.first);
      compact(chunk, kept, (position) => {
        const stays = position < from || position > to;
        if (!stays) positions.push(position);
        return stays;
      });
      bytes += before - (kept.ends.at(-1) ?? 0);
      const place = this.#chunks.indexOf(chunk);
      if (kept.ends.length > 0) this.#chunks[place] = { ...kept, used: kept.ends.at(-1) ?? 0, first: 0 };
      else {
        this.#chunks.splice(place, 1);
        this.#pool.give(chunk.bytes);
      }
    }
    return { positions, bytes };
  }

  /** Puts a run back before everything with a later position. */
  putBack(run: EventRun): void {
    const chunk: Chunk = { ...run, used: run.ends.at(-1) ?? 0, first: 0 };
    const place = this.#chunks.findIndex((other) => at(other.positions, other.first) > at(run.positions, 0));
    this.#chunks.splice(place < 0 ? this.#chunks.length : place, 0, chunk);
  }

  #advance(chunk: Chunk, next: number): void {
    chunk.first = next;
    if (next < chunk.ends.length) return;
    this.#chunks.shift();
    this.#pool.give(chunk.bytes);
  }
}

/** Writes a text behind what a chunk holds, as much of it as leaves room for a line feed. */
function encode(text: string, chunk: Chunk): { readonly read: number; readonly written: number } {
  return encoder.encodeInto(text, chunk.bytes.subarray(chunk.used, chunk.bytes.length - 1));
}

function startOf(chunk: Chunk, index: number): number {
  return index === 0 ? 0 : at(chunk.ends, index - 1);
}

/** Moves the events that pass to the front of a chunk's bytes. */
function compact(chunk: Chunk, kept: EventRun, passes: (position: Position) => boolean): void {
  for (let index = chunk.first; index < chunk.ends.length; index++) {
    const position = at(chunk.positions, index);
    if (!passes(position)) continue;
    const start = startOf(chunk, index);
    const end = at(chunk.ends, index);
    const target = kept.ends.at(-1) ?? 0;
    chunk.bytes.copyWithin(target, start, end);
    kept.ends.push(target + end - start);
    kept.positions.push(position);
    kept.times.push(at(chunk.times, index));
  }
}

function grow(bytes: Uint8Array, length: number): Uint8Array {
  const larger = new Uint8Array(length);
  larger.set(bytes);
  return larger;
}

/** An element that is known to be there. */
function at(numbers: readonly number[], index: number): number {
  return numbers[index] as number; // Every caller has compared the index with the length.
}
