import { promisify } from "node:util";
import * as nodeZlib from "node:zlib";
import { ActivityError } from "@activity/core";
import kafkajs from "kafkajs";

/** How records are compressed. `zstd` needs Node 22.15 or newer and brokers from Kafka 2.1 on. */
export type KafkaCompression = "gzip" | "none" | "zstd";

/** What Kafka calls them. */
const types: Readonly<Record<KafkaCompression, number>> = { none: 0, gzip: 1, zstd: 4 };
/**
 * kafkajs looks a codec up by the whole number and writes its three lowest bits: under a number of our own it finds
 * ours, and the codecs of a host that uses kafkajs too stay what they are.
 */
const ownCodecs = 0x41_00;

interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(buffer: Buffer): Promise<Buffer>;
}

/**
 * Sees to it that kafkajs has the codec, at level 1 (its own gzip knows only level 6), and returns the number to send
 * with.
 *
 * @throws INVALID_OPTION when this Node cannot compress so, or there is no such compression.
 */
export function useCodec(compression: KafkaCompression, zlib: Partial<typeof nodeZlib> = nodeZlib): number {
  if (!Object.hasOwn(types, compression)) {
    const allowed = Object.keys(types).join(", ");
    throw new ActivityError(
      "INVALID_OPTION",
      `compression is ${String(compression)}; one of ${allowed} is allowed`,
    );
  }
  const type = types[compression];
  if (compression === "none") return type;
  const codec = compression === "gzip" ? gzipCodec() : zstdCodec(zlib);
  const number = ownCodecs | type;
  // Its type knows Kafka's own numbers only.
  (kafkajs.CompressionCodecs as Record<number, () => Codec>)[number] = () => codec;
  return number;
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
      `compression is zstd, which Node ${process.versions.node} does not have; Node 22.15 or newer, gzip or none is needed`,
    );
  }
  const compress = promisify<Buffer, nodeZlib.ZstdOptions, Buffer>(zstdCompress);
  const params = { [constants.ZSTD_c_compressionLevel]: 1 };
  return {
    compress: ({ buffer }) => compress(buffer, { params }),
    decompress: promisify<Buffer, Buffer>(zstdDecompress),
  };
}
