const lineFeed = 10;

/** One line as UTF-8, its line feed included. Both are valid until the next {@link encodeLine}. */
export interface EncodedLine {
  /** The line, and perhaps more behind it. */
  bytes: Buffer;
  /** Bytes of the line. */
  length: number;
}

const scratch: Buffer = Buffer.allocUnsafeSlow(65_536);
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
