/** Throws for what is not UTF-8, and keeps a byte order mark. */
const strict = { fatal: true, ignoreBOM: true } as const;

/** The text of some UTF-8, or `undefined` where it is not valid. A byte order mark stays. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", strict).decode(bytes);
  } catch {
    return undefined; // The only thing that a fatal decoder throws for.
  }
}

/** How many bytes precede the place where some UTF-8 is found to be invalid. The bytes must be invalid. */
export function invalidUtf8Offset(bytes: Uint8Array): number {
  let valid = 0;
  let invalid = bytes.length + 1;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (breaksBefore(bytes, middle)) invalid = middle;
    else valid = middle;
  }
  return valid;
}

/** How many bytes the first `length` characters of a text take. */
export function utf8Offset(text: string, length: number): number {
  return new TextEncoder().encode(text.slice(0, length)).length;
}

/** Whether some bytes are wrong whatever follows them. */
function breaksBefore(bytes: Uint8Array, length: number): boolean {
  try {
    // As a stream: a character cut off at the end may still be completed.
    new TextDecoder("utf-8", strict).decode(bytes.subarray(0, Math.min(length, bytes.length)), {
      stream: length <= bytes.length,
    });
    return false;
  } catch {
    return true;
  }
}
