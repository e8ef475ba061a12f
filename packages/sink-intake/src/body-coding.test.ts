import zlib from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { BodyCoding } from "./body-coding.ts";

const bytes = new TextEncoder().encode('{"event_id":"a.1"}\n'.repeat(50));

describe("the coding of bodies", () => {
  it.each([
    [1, null, "gzip"],
    [1, "gzip", "gzip"],
    [1, "identity, gzip, deflate, zstd", "zstd"],
    [1, "ZSTD;q=0.5, gzip", "zstd"],
    [1, "zstd;q=0, gzip;q=1.0", "gzip"],
    [1, "*", "zstd"],
    [1, "br", "identity"],
    [1, "identity", "identity"],
    [false, "zstd, gzip", "identity"],
  ] as const)("of level %p after Accept-Encoding %p is %s", async (level, header, coding) => {
    const coder = new BodyCoding(level, zlib);
    coder.learn(header, "gzip");
    const encoded = await coder.encode(bytes);
    expect(encoded.coding).toBe(coding);
    const decode = {
      identity: (body: Uint8Array) => body,
      gzip: zlib.gunzipSync,
      zstd: zlib.zstdDecompressSync,
    };
    expect(new Uint8Array(decode[coding](encoded.body))).toEqual(bytes);
  });

  it("stays with gzip where the runtime has no zstd", async () => {
    const { zstdCompress: _, ...older } = zlib;
    const coder = new BodyCoding(1, older as typeof zlib); // As Node 22.14 is.
    coder.learn("zstd, gzip", "gzip");
    expect((await coder.encode(bytes)).coding).toBe("gzip");
  });

  it.each([
    ["gzip", "identity", true],
    ["gzip", "gzip, zstd", false],
    ["gzip", null, false],
    ["identity", "gzip", false],
  ] as const)("says whether %s is left out by %p: %p", (used, header, leftOut) => {
    expect(new BodyCoding(1, zlib).learn(header, used)).toBe(leftOut);
  });

  it("copies what it does not compress, since a batch's bytes are not its own", async () => {
    const { body } = await new BodyCoding(false, zlib).encode(bytes);
    expect([body, body.buffer === bytes.buffer]).toEqual([bytes, false]);
  });
});
