/** Jest's jsdom has neither of the two, and gets the slow way. */
const platform = globalThis as Partial<Pick<typeof globalThis, "TextEncoder" | "TextDecoder">>; // So the compiler asks.
let encoder: InstanceType<typeof TextEncoder> | undefined;
let decoder: InstanceType<typeof TextDecoder> | undefined;

/** Bytes of a well-formed text as UTF-8. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    // Half of a surrogate pair is two of the pair's four bytes.
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit & 0xf800) !== 0xd800 ? 2 : 1;
  }
  return bytes;
}

/** Writes a well-formed text, all of it or, where `read` says less, a part of no use. */
export function encodeUtf8(
  text: string,
  bytes: Uint8Array,
): { readonly read: number; readonly written: number } {
  encoder ??= platform.TextEncoder && new platform.TextEncoder();
  if (encoder) return encoder.encodeInto(text, bytes);
  const octets = encodeURIComponent(text).match(/%..|[^%]/g) ?? [];
  if (octets.length > bytes.length) return { read: 0, written: 0 };
  for (const [index, octet] of octets.entries()) {
    bytes[index] = octet.length > 1 ? Number.parseInt(octet.slice(1), 16) : octet.charCodeAt(0);
  }
  return { read: text.length, written: octets.length };
}

/** The bytes of a well-formed text. */
export function toUtf8(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(utf8Bytes(text));
  encodeUtf8(text, bytes);
  return bytes;
}

/** The text of bytes that {@link encodeUtf8} wrote. */
export function decodeUtf8(bytes: Uint8Array): string {
  decoder ??= platform.TextDecoder && new platform.TextDecoder();
  if (decoder) return decoder.decode(bytes);
  return decodeURIComponent(Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""));
}
