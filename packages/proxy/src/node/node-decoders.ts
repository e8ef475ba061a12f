import { promisify } from "node:util";
import zlib from "node:zlib";
import type { BodyDecoder } from "../request.ts";
import { BodyTooLarge } from "../request.ts";

type Inflate = (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>;

const maxZstdWindowLog = 23;

/** Decoders made of `node:zlib`. They stop at the cap, so that a small body cannot become a large one. */
export const nodeDecoders: Readonly<Record<string, BodyDecoder>> = {
  gzip: decoderOf(promisify(zlib.gunzip) as Inflate), // One of its overloads.
  deflate: decoderOf(promisify(zlib.inflate) as Inflate), // As above.
  // Node has it since 22.15; another runtime may not.
  ...(typeof zlib.zstdDecompress === "function" ? { zstd: decoderOf(zstdInflate) } : {}),
};

/**
 * A frame may ask for a window of 128 MiB, which is allocated before a byte is decoded. HTTP allows 8 MiB
 * (RFC 9659).
 */
function zstdInflate(bytes: Uint8Array, options: { maxOutputLength: number }): Promise<Buffer> {
  const inflate = promisify(zlib.zstdDecompress) as (bytes: Uint8Array, options: object) => Promise<Buffer>; // One of its overloads.
  return inflate(bytes, { ...options, params: { [zlib.constants.ZSTD_d_windowLogMax]: maxZstdWindowLog } });
}

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
