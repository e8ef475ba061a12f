import type { SegmentState } from "./segment-name.ts";

/** How many events still count, and from where. */
export interface SegmentExtent {
  readonly count: number;
  /** Where the first of them begins, in bytes. */
  readonly offset: number;
}

/** Where the lines of a segment are: in a file, or in memory where there is no room on disk. */
export interface SegmentContent {
  /** Where it stands on disk, if it does. */
  readonly path?: string;
  /** Bytes from the start that outlive this process; infinite where all do. */
  readonly safeBytes: number;
  /** Adds the first `length` bytes of `line`, which is one. @throws when it could not be written whole. */
  append(line: Uint8Array, length: number): void;
  /** Bytes from `from` up to `to`, in memory of their own: in `into` where that is large enough. @throws when they cannot be read. */
  read(from: number, to: number, into?: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>;
  /** Takes no more lines, and says on the outside what state the segment is in. */
  mark(state: SegmentState, extent: SegmentExtent): void;
  /** Puts other lines in the place of all, at once or not at all. */
  replace(lines: Uint8Array, extent: SegmentExtent): void;
  /** Leaves the segment to whoever comes next. */
  leave(extent: SegmentExtent): void;
  /** Ends it. */
  remove(): void;
  /** Resolves when it survives the death of the machine. */
  sync(): Promise<void>;
}
