import type { Lease, Position } from "@activity/core";
import type { Segment } from "./segment.ts";
import type { RunPart } from "./take-run.ts";

/** Bytes of a segment from `start` on. */
interface Range {
  readonly start: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A segment that could not be read. */
export class UnreadableSegment extends Error {
  readonly segment: Segment;

  constructor(segment: Segment, cause: unknown) {
    super("a segment could not be read", { cause });
    this.segment = segment;
  }
}

/** Reads what was lent and makes one lease of it. @throws UnreadableSegment */
export function buildLease(lane: number, parts: readonly RunPart[]): Lease {
  const ranges = readRanges(parts);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const ends: number[] = [];
  const positions: Position[] = [];
  const times: number[] = [];
  let used = 0;
  for (const { segment, from, to } of parts) {
    const range = ranges.get(segment) as Range; // One was read for every segment of the parts.
    const begin = segment.start(from);
    pieces.push(range.bytes.subarray(begin - range.start, segment.start(to) - range.start));
    for (let index = from; index < to; index++) {
      ends.push(used + segment.end(index) - begin);
      positions.push(segment.position(index));
      times.push(segment.time(index));
    }
    used = ends.at(-1) ?? 0;
  }
  const [only] = pieces;
  const bytes = pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces, used);
  return { lane, count: ends.length, bytes, ends, positions, times };
}

/** The segments of some parts, each once. */
export function segmentsOf(parts: readonly RunPart[]): ReadonlySet<Segment> {
  return new Set(parts.map(({ segment }) => segment));
}

/** One read for each segment, however many parts of it were lent. */
function readRanges(parts: readonly RunPart[]): ReadonlyMap<Segment, Range> {
  const bounds = new Map<Segment, { readonly from: number; readonly to: number }>();
  for (const { segment, from, to } of parts)
    bounds.set(segment, { from: bounds.get(segment)?.from ?? from, to });
  const ranges = new Map<Segment, Range>();
  for (const [segment, { from, to }] of bounds) {
    const start = segment.start(from);
    try {
      ranges.set(segment, { start, bytes: segment.content.read(start, segment.start(to)) });
    } catch (cause) {
      throw new UnreadableSegment(segment, cause);
    }
  }
  return ranges;
}
