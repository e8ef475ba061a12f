import { decodeUtf8, encodeUtf8, utf8Bytes } from "../event/utf8.ts";
import type { Position } from "../ports/store.ts";

/** Bytes of a chunk; a larger event gets one of its own. */
const chunkBytes = 16_384;
/** Free chunks kept for reuse. */
const maxPooled = 64;

/** Bytes of events and where each ends. Its lists are reused and may be longer than `count`. */
interface Chunk {
  readonly bytes: Uint8Array<ArrayBuffer>;
  used: number;
  /** The first event that is still here, and the number of events that ever were. */
  first: number;
  count: number;
  readonly ends: number[];
  readonly positions: Position[];
  readonly times: number[];
}

/** Events of one lease while it is filled. */
export interface EventRun {
  bytes: Uint8Array<ArrayBuffer>;
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

/**
 * Chunks that are given back and taken again, lists and all; one pool for all queues of a store. What
 * lives as long as a queue is long would else be moved by the collector again and again.
 */
export class ChunkPool {
  readonly #free: Chunk[] = [];

  take(bytes: number): Chunk {
    const chunk = bytes === chunkBytes ? this.#free.pop() : undefined;
    return (
      chunk ?? {
        bytes: new Uint8Array(bytes),
        used: 0,
        first: 0,
        count: 0,
        ends: [],
        positions: [],
        times: [],
      }
    );
  }

  give(chunk: Chunk): void {
    if (chunk.bytes.length !== chunkBytes || this.#free.length >= maxPooled) return;
    chunk.used = chunk.first = chunk.count = 0;
    this.#free.push(chunk);
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
      chunk = this.#pool.take(text.length * 3 < chunkBytes ? chunkBytes : utf8Bytes(text) + 1);
      this.#chunks.push(chunk);
      encoded = encode(text, chunk);
    }
    const bytes = encoded.written + 1;
    chunk.used += bytes;
    chunk.bytes[chunk.used - 1] = lineFeed;
    chunk.ends[chunk.count] = chunk.used;
    chunk.positions[chunk.count] = position;
    chunk.times[chunk.count++] = time;
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
    while (next < chunk.count && run.ends.length < maxEvents) {
      const end = base + at(chunk.ends, next) - from;
      if (at(chunk.positions, next) >= before || (end > maxBytes && run.ends.length > 0)) break;
      run.ends.push(end);
      run.positions.push(at(chunk.positions, next));
      run.times.push(at(chunk.times, next));
      next++;
    }
    const count = next - chunk.first;
    const end = run.ends.at(-1) ?? 0;
    if (end > run.bytes.length) run.bytes = grow(run.bytes, Math.max(end, run.bytes.length * 2));
    run.bytes.set(chunk.bytes.subarray(from, from + end - base), base);
    this.#advance(chunk, next);
    return count;
  }

  /** Bytes of the first event, its line feed included; 0 when there is none. */
  get firstBytes(): number {
    const chunk = this.#chunks[0];
    return chunk === undefined ? 0 : at(chunk.ends, chunk.first) - startOf(chunk, chunk.first);
  }

  /** Takes the first event out and returns its text; there must be one. */
  shift(): string {
    const chunk = this.#chunks[0] as Chunk; // As said.
    const start = startOf(chunk, chunk.first);
    const text = decodeUtf8(chunk.bytes.subarray(start, at(chunk.ends, chunk.first) - 1));
    this.#advance(chunk, chunk.first + 1);
    return text;
  }

  /** Takes out every event whose position lies in the range; returns their positions and bytes. */
  withdraw(
    from: Position,
    to: Position,
  ): { readonly positions: readonly Position[]; readonly bytes: number } {
    const positions: Position[] = [];
    let bytes = 0;
    for (const chunk of [...this.#chunks]) {
      if (at(chunk.positions, chunk.count - 1) < from || at(chunk.positions, chunk.first) > to) continue;
      bytes += chunk.used - startOf(chunk, chunk.first);
      compact(chunk, (position) => {
        const stays = position < from || position > to;
        if (!stays) positions.push(position);
        return stays;
      });
      bytes -= chunk.used;
      if (chunk.count > 0) continue;
      this.#chunks.splice(this.#chunks.indexOf(chunk), 1);
      this.#pool.give(chunk);
    }
    return { positions, bytes };
  }

  /** Puts a run back before everything with a later position. */
  putBack(run: EventRun): void {
    const chunk: Chunk = { ...run, used: run.ends.at(-1) ?? 0, first: 0, count: run.ends.length };
    const place = this.#chunks.findIndex((other) => at(other.positions, other.first) > at(run.positions, 0));
    this.#chunks.splice(place < 0 ? this.#chunks.length : place, 0, chunk);
  }

  #advance(chunk: Chunk, next: number): void {
    chunk.first = next;
    if (next < chunk.count) return;
    this.#chunks.shift();
    this.#pool.give(chunk);
  }
}

/** Writes a text behind what a chunk holds, as much of it as leaves room for a line feed. */
function encode(text: string, chunk: Chunk): { readonly read: number; readonly written: number } {
  return encodeUtf8(text, chunk.bytes.subarray(chunk.used, chunk.bytes.length - 1));
}

function startOf(chunk: Chunk, index: number): number {
  return index === 0 ? 0 : at(chunk.ends, index - 1);
}

/** Moves the events that pass to the front of their chunk; the others are gone. */
function compact(chunk: Chunk, passes: (position: Position) => boolean): void {
  const { first, count, bytes, ends, positions, times } = chunk;
  let start = startOf(chunk, first);
  chunk.used = chunk.first = chunk.count = 0;
  for (let index = first; index < count; index++) {
    const end = at(ends, index);
    if (passes(at(positions, index))) {
      bytes.copyWithin(chunk.used, start, end);
      chunk.used += end - start;
      positions[chunk.count] = at(positions, index);
      times[chunk.count] = at(times, index);
      ends[chunk.count++] = chunk.used;
    }
    start = end;
  }
}

function grow(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  larger.set(bytes);
  return larger;
}

/** An element that is known to be there. */
function at(numbers: readonly number[], index: number): number {
  return numbers[index] as number; // Every caller has compared the index with the length.
}
