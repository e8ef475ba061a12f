import { createRequire } from "node:module";
import { promisify } from "node:util";
import * as nodeZlib from "node:zlib";
import { ActivityError } from "@activity/core";
import kafkajs from "kafkajs";

/**
 * How records are compressed. `lz4` needs the package lz4-napi beside this one; `zstd` needs Node 22.15 or newer and
 * brokers from Kafka 2.1 on.
 */
export type KafkaCompression = "gzip" | "lz4" | "none" | "zstd";

/** Where codecs come from. */
export interface CodecSources {
  readonly zlib?: Partial<typeof nodeZlib> | undefined;
  /** Loads an optional package; throws where it is not installed. */
  readonly load?: ((name: string) => unknown) | undefined;
}

/** What Kafka calls them. */
const types: Readonly<Record<KafkaCompression, number>> = { none: 0, gzip: 1, lz4: 3, zstd: 4 };
/**
 * kafkajs looks a codec up by the whole number and writes its three lowest bits: under a number of our own it finds
 * ours, and the codecs of a host that uses kafkajs too stay what they are.
 */
const ownCodecs = 0x41_00;

interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(buffer: Buffer): Promise<Buffer>;
}

/** What is used of lz4-napi: frames, which are what Kafka wants. */
interface Lz4 {
  compressFrame(data: Buffer): Promise<Buffer>;
  decompressFrame(data: Buffer): Promise<Buffer>;
}

/**
 * Sees to it that kafkajs has the codec, gzip and zstd at level 1 (its own gzip knows only level 6), and returns the
 * number to send with.
 *
 * @throws INVALID_OPTION when this Node cannot compress so, its package is not installed, or there is no such
 * compression.
 */
export function useCodec(compression: KafkaCompression, sources: CodecSources = {}): number {
  if (!Object.hasOwn(types, compression)) {
    const allowed = Object.keys(types).join(", ");
    throw new ActivityError(
      "INVALID_OPTION",
      `compression is ${String(compression)}; one of ${allowed} is allowed`,
    );
  }
  const type = types[compression];
  if (compression === "none") return type;
  const codec = createCodec(compression, sources);
  const number = ownCodecs | type;
  // Its type knows Kafka's own numbers only.
  (kafkajs.CompressionCodecs as Record<number, () => Codec>)[number] = () => codec;
  return number;
}

function createCodec(
  compression: Exclude<KafkaCompression, "none">,
  { zlib = nodeZlib, load = createRequire(import.meta.filename) }: CodecSources,
): Codec {
  switch (compression) {
    case "gzip":
      return gzipCodec();
    case "zstd":
      return zstdCodec(zlib);
    case "lz4":
      return lz4Codec(load);
  }
}

function gzipCodec(): Codec {
  const gzip = promisify<Buffer, nodeZlib.ZlibOptions, Buffer>(nodeZlib.gzip);
  return {
    compress: ({ buffer }) => gzip(buffer, { level: 1 }),
    decompress: promisify<Buffer, Buffer>(nodeZlib.gunzip),
  };
}

function zstdCodec({ zstdCompress, zstdDecompress, constants }: Partial<typeof nodeZlib>): Codec {
  if (zstdCompress === undefined || zstdDecompress === undefined || constants === undefined) {
    throw new ActivityError(
      "INVALID_OPTION",
      `compression is zstd, which Node ${process.versions.node} does not have; Node 22.15 or newer, gzip, lz4 or none is needed`,
    );
  }
  const compress = promisify<Buffer, nodeZlib.ZstdOptions, Buffer>(zstdCompress);
  const params = { [constants.ZSTD_c_compressionLevel]: 1 };
  return {
    compress: ({ buffer }) => compress(buffer, { params }),
    decompress: promisify<Buffer, Buffer>(zstdDecompress),
  };
}

function lz4Codec(load: (name: string) => unknown): Codec {
  const { compressFrame, decompressFrame } = loadLz4(load);
  return {
    compress: ({ buffer }) => compressFrame(buffer),
    decompress: (buffer) => decompressFrame(buffer),
  };
}

function loadLz4(load: (name: string) => unknown): Lz4 {
  let cause: unknown;
  try {
    const lz4 = load("lz4-napi") as Partial<Lz4>; // Looked at in the next line.
    if (typeof lz4.compressFrame === "function" && typeof lz4.decompressFrame === "function")
      return lz4 as Lz4;
  } catch (error) {
    cause = error;
  }
  throw new ActivityError(
    "INVALID_OPTION",
    "compression is lz4, which needs the package lz4-napi (2.10 or newer) with its binary for this machine: npm install lz4-napi; gzip, zstd and none need nothing",
    { cause },
  );
}
