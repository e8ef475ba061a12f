import { gunzipSync, gzipSync, zstdDecompressSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import kafkajs from "kafkajs";
import { useCodec } from "./kafkajs-codec.ts";

interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(buffer: Buffer): Promise<Buffer>;
}

function codecOf(number: number): Codec {
  const codecs = kafkajs.CompressionCodecs as Record<number, () => Codec>;
  return codecs[number]?.() as Codec;
}

const text = Buffer.from(
  JSON.stringify(Array.from({ length: 500 }, (_, n) => ({ n, name: `event_${n % 9}` }))),
);

describe("useCodec", () => {
  it("compresses with gzip at level 1", async () => {
    const { compress, decompress } = codecOf(useCodec("gzip"));
    const packed = await compress({ buffer: text });
    expect(packed.length).toBe(gzipSync(text, { level: 1 }).length);
    expect(gunzipSync(packed)).toEqual(text);
    expect(await decompress(packed)).toEqual(text);
  });

  it("compresses with zstd", async () => {
    const { compress, decompress } = codecOf(useCodec("zstd"));
    const packed = await compress({ buffer: text });
    expect(zstdDecompressSync(packed)).toEqual(text);
    expect(await decompress(packed)).toEqual(text);
  });

  it("compresses with lz4, as frames", async () => {
    const { compress, decompress } = codecOf(useCodec("lz4"));
    const packed = await compress({ buffer: text });
    expect(packed.readUInt32LE(0)).toBe(0x18_4d_22_04);
    expect(packed.length).toBeLessThan(text.length / 2);
    expect(await decompress(packed)).toEqual(text);
  });

  it("says Kafka's own number in the lowest bits, which are all that is sent", () => {
    const sent = (["none", "gzip", "lz4", "zstd"] as const).map(
      (compression) => useCodec(compression) & 0x07,
    );
    expect(sent).toEqual([0, 1, 3, 4]);
  });

  it("leaves the host's codecs as they are", () => {
    const hosts = (): unknown =>
      [1, 3, 4].map((number) => (kafkajs.CompressionCodecs as Record<number, unknown>)[number]);
    const before = hosts();
    for (const compression of ["gzip", "lz4", "zstd"] as const) useCodec(compression);
    expect(hosts()).toEqual(before);
    expect(useCodec("gzip")).toBe(useCodec("gzip"));
  });

  it("refuses zstd where this Node has none", () => {
    expect(() => useCodec("zstd", { zlib: {} })).toThrow(/compression is zstd, which Node .* does not have/);
  });

  it("refuses lz4 where its package is missing or something else", () => {
    const missing = (): never => {
      throw new Error("Cannot find module");
    };
    for (const load of [missing, () => ({}), () => undefined])
      expect(() => useCodec("lz4", { load })).toThrow(
        /compression is lz4, which needs the package lz4-napi .*npm install lz4-napi/,
      );
  });

  it.each(["snappy", "toString", undefined])("refuses %p", (compression) => {
    expect(() => useCodec(compression as never)).toThrow(/one of none, gzip, lz4, zstd is allowed/);
  });
});
