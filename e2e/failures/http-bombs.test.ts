/** Bodies that are small on the wire and huge behind it, or huge at once: refused, in time, and in no more memory than their cap. */
import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import {
  eventText,
  exchange,
  type HttpProxy,
  head,
  startHttpProxy,
  statusesOf,
  stopHttpProxies,
} from "./support/http-proxy.ts";

const maxGrowthBytes = 16 << 20;
const huge = Buffer.alloc(256 << 20, 32);
let proxy: HttpProxy;

beforeAll(async () => {
  proxy = await startHttpProxy();
  // What a busy server has anyhow: full bodies, plain and coded.
  const full = Array.from({ length: 1_900 }, (_, n) => eventText(`warm.${n}`, { s: "x".repeat(400) })).join(
    "\n",
  );
  for (let round = 0; round < 25; round++) {
    for (const [coding, body] of [
      ["identity", full],
      ["gzip", gzipSync(full)],
      ["zstd", zstdCompressSync(full)],
    ] as const) {
      expect(await send(body, coding)).toBe(202);
    }
  }
});
afterAll(stopHttpProxies);

async function send(
  body: string | Uint8Array,
  coding: string,
  type = "application/x-ndjson",
): Promise<number> {
  const headers = { "content-type": type, "content-encoding": coding };
  const response = await fetch(proxy.url, { method: "POST", body: body as Uint8Array<ArrayBuffer>, headers }); // What fetch takes.
  await response.arrayBuffer();
  return response.status;
}

it.each([
  ["gzip", () => gzipSync(huge)],
  ["zstd", () => zstdCompressSync(huge)],
  ["gzip, twice", () => gzipSync(gzipSync(huge))],
])("a bomb of 256 MiB as %s", async (coding, make) => {
  const bomb = make();
  const { peakBytes } = await proxy.state();
  for (let round = 0; round < 10; round++) {
    // What is coded twice is garbage behind one coding: no event.
    expect(await send(bomb, coding.split(",")[0] ?? "")).toBe(coding.includes("twice") ? 422 : 413);
  }
  const after = await proxy.state();
  expect(after.heldBytes).toBe(0);
  expect(after.peakBytes - peakBytes).toBeLessThan(maxGrowthBytes);
});

it("40 MiB in chunks, behind which the connection goes on", async () => {
  const chunk = Buffer.alloc(1 << 20, 32);
  const chunks = Array.from({ length: 40 }, () => [`${chunk.length.toString(16)}\r\n`, chunk, "\r\n"]).flat();
  const event = eventText("behind.1");
  const { peakBytes } = await proxy.state();
  const received = await exchange(proxy.port, [
    head({ "Transfer-Encoding": "chunked" }),
    ...chunks,
    "0\r\n\r\n",
    head({ "Content-Length": event.length, Connection: "close" }) + event,
  ]);
  expect(statusesOf(received)).toEqual([413, 202]);
  expect((await proxy.state()).peakBytes - peakBytes).toBeLessThan(maxGrowthBytes);
});

it.each([
  ["a million ones", `[${"1,".repeat(999_999)}1]`, 413],
  ["half a million ones, under the cap in bytes", `[${"1,".repeat(499_999)}1]`, 413],
  ["half a million brackets", "[".repeat(500_000), 400],
  ["a quarter of a million pairs of brackets", "[".repeat(250_000) + "]".repeat(250_000), 422],
  ["a string of a megabyte", `"${"x".repeat(1_000_000)}"`, 422],
])("%s", async (_, body, status) => {
  const { peakBytes } = await proxy.state();
  for (let round = 0; round < 5; round++)
    expect(await send(body, "identity", "application/json")).toBe(status);
  const after = await proxy.state();
  expect(after.heldBytes).toBe(0);
  expect(after.peakBytes - peakBytes).toBeLessThan(maxGrowthBytes);
});
