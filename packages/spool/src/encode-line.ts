const lineFeed = 10;
const scratch = Buffer.allocUnsafeSlow(65_536);

/** A text as UTF-8 with a line feed behind it. The bytes are valid until the next call. */
export function encodeLine(text: string): Uint8Array {
  // UTF-8 takes three bytes at most for a unit of UTF-16.
  if (text.length * 3 + 1 > scratch.length) return Buffer.from(`${text}\n`);
  const written = scratch.write(text, 0, "utf8");
  scratch[written] = lineFeed;
  return scratch.subarray(0, written + 1);
}
