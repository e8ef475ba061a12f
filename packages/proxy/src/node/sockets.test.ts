import { connect } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import {
  eventText,
  idsOf,
  postHead,
  sendRaw,
  startServer,
  statusesOf,
  stopServers,
  until,
} from "../../test/proxy-server.ts";

afterEach(stopServers);

const body = `${eventText(1, { s: "😀é" })}\n`;
const length = Buffer.byteLength(body);
const close = { Connection: "close" };

describe("a server under odd clients", () => {
  it("takes a body in single bytes", async () => {
    const { port, sink } = await startServer();
    const bytes = Buffer.from(body);
    const received = await sendRaw(port, [
      postHead({ "Content-Length": length, ...close }),
      ...[...bytes].map((byte) => Uint8Array.of(byte)),
    ]);
    expect(statusesOf(received)).toEqual([202]);
    expect(received).toContain("X-Content-Type-Options: nosniff".toLowerCase());
    expect(sink.texts).toEqual([body.trim()]);
  });

  it("answers pipelined requests in their order", async () => {
    const { port, sink } = await startServer();
    const request = (id: number): string => {
      const event = eventText(id);
      return postHead({ "Content-Length": event.length, ...(id === 3 ? close : {}) }) + event;
    };
    const received = await sendRaw(port, [
      `${request(1)}${postHead({ "Content-Length": 2 })}{}${request(2)}${request(3)}`,
    ]);
    expect(statusesOf(received)).toEqual([202, 422, 202, 202]);
    expect(idsOf(sink)).toEqual(["id-1", "id-2", "id-3"]);
  });

  it.each([
    ["longer than the body, then closed", length + 50, true],
    ["longer than the body, then silent", length + 50, false],
  ])("writes nothing when Content-Length is %s", async (_, declared, end) => {
    const { port, sink, post, proxy } = await startServer({ limits: { bodyTimeoutMs: 100 } });
    const received = await sendRaw(port, [postHead({ "Content-Length": declared }), body], { end });
    expect(statusesOf(received)).not.toContain(202);
    expect(sink.texts).toEqual([]);
    await until(() => proxy.heldBytes === 0);
    expect((await post(eventText(9))).status).toBe(202);
  });

  it("writes nothing when Content-Length counts characters instead of bytes", async () => {
    const { port, sink } = await startServer();
    const event = body.trim();
    const received = await sendRaw(port, [postHead({ "Content-Length": event.length }), event]);
    // What is left over is no request: the parser may say so before the answer is ready.
    expect([400, 422]).toContain(statusesOf(received)[0]);
    expect(sink.texts).toEqual([]);
  });

  it("answers a slow body with 408 and closes", async () => {
    const { port, sink, proxy } = await startServer({ limits: { bodyTimeoutMs: 50 } });
    const received = await sendRaw(port, [postHead({ "Content-Length": length }), body.slice(0, 20)]);
    expect(statusesOf(received)).toEqual([408]);
    expect(received).toContain('"code":"slow_body"');
    expect(received.toLowerCase()).toContain("connection: close");
    expect(sink.texts).toEqual([]);
    expect(proxy.heldBytes).toBe(0);
  });

  it("holds nothing of a body that goes on after its 408", async () => {
    const { port, proxy } = await startServer({ limits: { bodyTimeoutMs: 30 } });
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(postHead({ "Content-Length": 100_000 }));
    const closed = new Promise((resolve) => socket.once("close", resolve));
    const drip = setInterval(() => socket.write("x".repeat(50)), 1);
    await closed;
    clearInterval(drip);
    expect(proxy.heldBytes).toBe(0);
  });

  it("survives clients that reset in the middle of a body", async () => {
    const { port, sink, post, proxy, problems } = await startServer();
    for (let round = 0; round < 20; round++) {
      await new Promise<void>((resolve) => {
        const socket = connect(port, "127.0.0.1", () => {
          socket.write(postHead({ "Content-Length": length }) + body.slice(0, 30), () => {
            socket.resetAndDestroy();
            resolve();
          });
        });
        socket.on("error", () => undefined);
      });
    }
    await until(() => proxy.heldBytes === 0);
    expect((await post(eventText(9))).status).toBe(202);
    expect(idsOf(sink)).toEqual(["id-9"]);
    expect(problems).toEqual([]);
  });

  it("keeps what it took from a client that did not wait for the answer", async () => {
    const { port, sink } = await startServer();
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(postHead({ "Content-Length": length }) + body, () => socket.destroy());
    });
    await until(() => sink.texts.length === 1);
    expect(sink.texts).toEqual([body.trim()]);
  });

  // What it costs in memory is measured in a process of the server's own: e2e/failures/http-bombs.
  it("lets a client that is refused early read the answer and go on, without keeping its 40 MiB", async () => {
    const { port, sink, proxy } = await startServer();
    const chunk = Buffer.alloc(1 << 20, 32);
    const chunks = Array.from({ length: 40 }, () => [
      `${chunk.length.toString(16)}\r\n`,
      chunk,
      "\r\n",
    ]).flat();
    const event = eventText(1);
    const received = await sendRaw(port, [
      postHead({ "Transfer-Encoding": "chunked" }),
      ...chunks,
      "0\r\n\r\n",
      postHead({ "Content-Length": event.length, ...close }) + event,
    ]);
    expect(statusesOf(received)).toEqual([413, 202]);
    expect(idsOf(sink)).toEqual(["id-1"]);
    expect(proxy.heldBytes).toBe(0);
  });

  it("refuses a body with both a length and chunks", async () => {
    const { port, sink } = await startServer();
    const received = await sendRaw(port, [
      postHead({ "Content-Length": 5, "Transfer-Encoding": "chunked" }),
      `0\r\n\r\n${postHead({ "Content-Length": length, ...close })}${body}`,
    ]);
    expect(statusesOf(received)).toEqual([400]);
    expect(sink.texts).toEqual([]);
  });

  it("refuses headers above their size", async () => {
    const { port } = await startServer();
    const received = await sendRaw(port, [postHead({ "X-Large": "x".repeat(100_000) })]);
    expect(statusesOf(received)).toEqual([431]);
  });

  it("closes connections whose headers do not come", async () => {
    const { port } = await startServer({}, { headersTimeoutMs: 100, requestTimeoutMs: 200 });
    const received = await sendRaw(port, ["POST /v1/events HTTP/1.1\r\nHost: a\r\n"]);
    expect(statusesOf(received)).toEqual([408]);
  });

  it("knows its path", async () => {
    const { url } = await startServer();
    expect((await fetch(new URL("/", url))).status).toBe(404);
  });
});
