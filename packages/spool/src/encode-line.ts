const lineFeed = 10;

/** One line as UTF-8 or several, line feeds included. Both are valid until the next call. */
export interface EncodedLine {
  /** The lines, and perhaps more behind them. */
  bytes: Buffer;
  /** Bytes of the lines. */
  length: number;
}

/** A buffer that grew beyond this is not kept. */
const maxKeptBytes = 2_097_152;
let scratch: Buffer = Buffer.allocUnsafeSlow(65_536);
const line: EncodedLine = { bytes: scratch, length: 0 };

/** Encodes a text and a line feed behind it. No object is made for it, since this happens for every event. */
export function encodeLine(text: string): EncodedLine {
  // UTF-8 takes three bytes at most for a unit of UTF-16.
  line.bytes = text.length * 3 + 1 > scratch.length ? Buffer.allocUnsafe(text.length * 3 + 1) : scratch;
  const written = line.bytes.write(text, 0, "utf8");
  line.bytes[written] = lineFeed;
  line.length = written + 1;
  return line;
}

/** Encodes texts, each with a line feed behind it. One buffer serves all: one made for each write costs more than the encoding. */
export function encodeLines(events: readonly { readonly text: string }[]): EncodedLine {
  line.bytes = scratch;
  line.length = 0;
  for (const { text } of events) {
    // As above.
    const most = line.length + text.length * 3 + 1;
    if (most > line.bytes.length) line.bytes = enlarged(line.bytes, Math.max(most, 2 * line.bytes.length));
    line.length += line.bytes.write(text, line.length, "utf8");
    line.bytes[line.length++] = lineFeed;
  }
  if (line.bytes.length <= maxKeptBytes) scratch = line.bytes;
  return line;
}

function enlarged(bytes: Buffer, size: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(size);
  bytes.copy(larger);
  return larger;
}
