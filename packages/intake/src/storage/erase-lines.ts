import { closeSync, fdatasyncSync, fstatSync, futimesSync, openSync, readSync, writeSync } from "node:fs";

const chunkBytes = 1_048_576;
const lineFeed = 10;
const blank = 32;

/**
 * Writes over lines of a file, each in its own place and filled up with blanks: no other byte moves, so that whoever
 * appends to the file meanwhile is not disturbed. `replace` gives what is to stand in place of a line, never longer
 * than it, or `undefined`; with `look` they are only counted. Synced when it returns, with the time of writing that the file had; gives the number of lines.
 *
 * @throws what reading and writing throw.
 */
export function eraseLines(
  path: string,
  replace: (line: string) => string | undefined,
  look = false,
): number {
  const file = openSync(path, look ? "r" : "r+");
  try {
    const { atimeMs, mtimeMs } = fstatSync(file);
    let erased = 0;
    for (const { line, at } of linesOf(file)) {
      const text = replace(line.toString());
      if (text === undefined) continue;
      erased++;
      if (look) continue;
      const bytes = Buffer.alloc(line.length, blank);
      if (Buffer.byteLength(text) > line.length)
        throw new RangeError("a line cannot be replaced by a longer one");
      bytes.write(text);
      for (let done = 0; done < bytes.length; )
        done += writeSync(file, bytes, done, bytes.length - done, at + done);
    }
    if (erased > 0 && !look) {
      // Retention goes by the time at which events came.
      futimesSync(file, atimeMs / 1_000, mtimeMs / 1_000);
      fdatasyncSync(file);
    }
    return erased;
  } finally {
    closeSync(file);
  }
}

/** Whole lines; what is being written behind the last line feed is none yet. */
function* linesOf(file: number): Generator<{ readonly line: Buffer; readonly at: number }> {
  const chunk = Buffer.alloc(chunkBytes);
  let rest: Buffer = Buffer.alloc(0);
  let at = 0;
  for (let read = readSync(file, chunk, 0, chunkBytes, 0); read > 0; ) {
    const bytes = Buffer.concat([rest, chunk.subarray(0, read)]);
    let from = 0;
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, from)) {
      yield { line: bytes.subarray(from, end), at: at + from };
      from = end + 1;
    }
    at += from;
    rest = bytes.subarray(from);
    read = readSync(file, chunk, 0, chunkBytes, at + rest.length);
  }
}
