import type { SegmentContent } from "./segment-content.ts";

/** Keeps the lines of a segment in memory. */
export function createMemoryContent(): SegmentContent {
  let bytes = new Uint8Array(4_096);
  let used = 0;
  return {
    safeBytes: 0,
    append: (line, length) => {
      if (used + length > bytes.length) {
        const larger = new Uint8Array(Math.max(used + length, bytes.length * 2));
        larger.set(bytes.subarray(0, used));
        bytes = larger;
      }
      bytes.set(line.subarray(0, length), used);
      used += length;
    },
    read: (from, to) => bytes.slice(from, to),
    mark: () => undefined,
    replace: (lines) => {
      bytes = lines.slice();
      used = lines.length;
    },
    leave: () => undefined,
    remove: () => {
      bytes = new Uint8Array(0);
      used = 0;
    },
    sync: () => Promise.resolve(),
  };
}
