import { concatBytes } from "./concat-bytes.ts";
import type { BodyDecoder } from "./request.ts";
import { BodyTooLarge } from "./request.ts";

/** Decoders made of the runtime's `DecompressionStream`; it knows no zstd. Stops reading at the cap. */
export const webDecoders: Readonly<Record<"gzip" | "deflate", BodyDecoder>> = {
  gzip: (bytes, maxBytes) => decompress("gzip", bytes, maxBytes),
  deflate: (bytes, maxBytes) => decompress("deflate", bytes, maxBytes),
};

async function decompress(
  format: "gzip" | "deflate",
  bytes: Uint8Array,
  maxBytes: number,
): Promise<Uint8Array> {
  const stream = new DecompressionStream(format);
  const writer = stream.writable.getWriter();
  // A body that is no valid stream fails both sides; the reader tells of it.
  const written = Promise.allSettled([writer.write(bytes as Uint8Array<ArrayBuffer>), writer.close()]); // No shared memory comes from a request.
  const reader = stream.readable.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > maxBytes) {
      await reader.cancel();
      throw new BodyTooLarge();
    }
    parts.push(value);
  }
  await written;
  return concatBytes(parts, size);
}
