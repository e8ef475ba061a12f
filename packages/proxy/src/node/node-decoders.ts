import { promisify } from "node:util";
import zlib from "node:zlib";
import type { BodyDecoder } from "../request.ts";
import { BodyTooLarge } from "../request.ts";

type Inflate = (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>;

/** Decoders made of `node:zlib`. They stop at the cap, so that a small body cannot become a large one. */
export const nodeDecoders: Readonly<Record<string, BodyDecoder>> = {
  gzip: decoderOf(promisify(zlib.gunzip) as Inflate), // One of its overloads.
  deflate: decoderOf(promisify(zlib.inflate) as Inflate), // As above.
  // Node has it since 22.15; another runtime may not.
  ...(typeof zlib.zstdDecompress === "function"
    ? { zstd: decoderOf(promisify(zlib.zstdDecompress) as Inflate) } // As above.
    : {}),
};

function decoderOf(inflate: Inflate): BodyDecoder {
  return async (bytes, maxBytes) => {
    try {
      return await inflate(bytes, { maxOutputLength: maxBytes });
    } catch (error) {
      if (isTooLarge(error)) throw new BodyTooLarge();
      throw error;
    }
  };
}

/** By its code: the class of an error of another realm is another class. */
function isTooLarge(error: unknown): boolean {
  return (
    typeof error === "object" && error !== null && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE"
  );
}
