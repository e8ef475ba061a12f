/** Bodies that are small on the wire, or only in appearance: each must be refused at no cost worth naming. */
import { request } from "node:http";
import { gzipSync, zstdCompressSync } from "node:zlib";

export interface Bomb {
  readonly name: string;
  /** Sends it; gives the status, 0 when the connection was broken off. */
  send(url: string): Promise<number>;
}

const mebibyte = 1_048_576;

/** Makes them; the largest holds 256 MiB of blanks. */
export function makeBombs(): readonly Bomb[] {
  const blanks = Buffer.alloc(256 * mebibyte, " ");
  const gzip = gzipSync(blanks.subarray(0, 64 * mebibyte), { level: 9 });
  const zstd = zstdCompressSync(blanks);
  const ones = Buffer.from(`[${"1,".repeat(1_000_000)}1]`);
  const deep = Buffer.from(`${"[".repeat(500_000)}${"]".repeat(500_000)}`);
  return [
    {
      name: `gzip of ${size(gzip)} with 64 MiB`,
      send: (url) => post(url, gzip, { "content-encoding": "gzip" }),
    },
    {
      name: `zstd of ${size(zstd)} with 256 MiB`,
      send: (url) => post(url, zstd, { "content-encoding": "zstd" }),
    },
    { name: "array of a million ones", send: (url) => post(url, ones) },
    { name: "half a million levels", send: (url) => post(url, deep) },
    { name: "40 MiB in chunks", send: (url) => postChunks(url, 40) },
  ];
}

function size(bytes: Uint8Array): string {
  return `${Math.round(bytes.length / 1_024)} KiB`;
}

function post(url: string, body: Buffer, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve) => {
    const sending = request(
      url,
      {
        method: "POST",
        headers: { "content-type": "application/json", "content-length": body.length, ...headers },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    sending.once("error", () => resolve(0));
    sending.end(body);
  });
}

/** Goes on sending whatever the answer is, as far as the connection bears it. */
function postChunks(url: string, mebibytes: number): Promise<number> {
  return new Promise((resolve) => {
    const chunk = Buffer.alloc(mebibyte, " ");
    let status = 0;
    const sending = request(
      url,
      { method: "POST", headers: { "content-type": "application/json" } },
      (response) => {
        status = response.statusCode ?? 0;
        response.resume();
      },
    );
    sending.once("error", () => resolve(status));
    sending.once("close", () => resolve(status));
    let left = mebibytes;
    const next = (): void => {
      while (left > 0 && !sending.destroyed) {
        left--;
        if (!sending.write(chunk)) return void sending.once("drain", next);
      }
      sending.end();
    };
    next();
  });
}
