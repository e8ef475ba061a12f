/** Bodies that are small on the wire, or only in appearance: each must be refused at no cost worth naming. */
import { request } from "node:http";
import { connect } from "node:net";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { eventText } from "../../e2e/intake/support/load.ts";

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
    {
      name: "headers of 100 KiB",
      send: (url) => post(url, Buffer.from("{}"), { padding: "x".repeat(102_400) }),
    },
    { name: "40 MiB in chunks", send: (url) => postChunks(url, 40) },
  ];
}

/** Bodies of the largest size that is allowed, in each coding and at once: the same number as there are bombs. */
export function honestBodies(): readonly Bomb[] {
  const lines = Array.from({ length: 2_000 }, (_, at) => eventText(`honest.${at + 1}`));
  const body = Buffer.from(`[${lines.join(",")}]`);
  return [
    { name: "gzip", send: (url) => post(url, gzipSync(body), { "content-encoding": "gzip" }) },
    { name: "zstd", send: (url) => post(url, zstdCompressSync(body), { "content-encoding": "zstd" }) },
    ...["one", "two", "three"].map((name) => ({ name, send: (url: string) => post(url, body) })),
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
  const { hostname, port, pathname, host } = new URL(url);
  const head = `POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`;
  const chunk = Buffer.concat([
    Buffer.from(`${mebibyte.toString(16)}\r\n`),
    Buffer.alloc(mebibyte, " "),
    Buffer.from("\r\n"),
  ]);
  return new Promise((resolve) => {
    let status = 0;
    const socket = connect(Number(port), hostname);
    socket.on("data", (data) => {
      status ||= Number(/^HTTP\/1\.1 (\d+)/.exec(data.toString("latin1"))?.[1] ?? 0);
    });
    socket.once("error", () => resolve(status));
    socket.once("close", () => resolve(status));
    let left = mebibytes;
    const next = (): void => {
      while (left > 0) {
        left--;
        if (!socket.write(chunk)) return void socket.once("drain", next);
      }
      socket.end("0\r\n\r\n");
    };
    socket.write(head);
    next();
  });
}
