import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { memorySink, systemClock } from "@activity/core";
import { afterEach, describe, expect, it } from "@jest/globals";
import type { HeldSink } from "../../test/proxy-server.ts";
import { eventText, heldSink, onStop, post, stopServers, until } from "../../test/proxy-server.ts";
import { createProxy } from "../index.ts";
import type { NodeServer } from "./index.ts";
import { createNodeServer } from "./index.ts";

afterEach(stopServers);

interface Started {
  readonly url: string;
  readonly sink: HeldSink;
  readonly server: NodeServer;
  /** Ends the time in which a closing server answers as before. */
  endGrace(): void;
}

async function start(): Promise<Started> {
  const sink = heldSink();
  let endGrace = (): void => undefined;
  const grace = new Promise<void>((resolve) => {
    endGrace = resolve;
  });
  const clock = { ...systemClock, sleep: () => grace };
  const server = createNodeServer(createProxy({ sink, onProblem: () => undefined }), { port: 0, clock });
  const url = await server.listen();
  onStop(() => {
    endGrace();
    return server.close();
  });
  return { url, sink, server, endGrace };
}

describe("closing a server", () => {
  it("finishes requests under way, and answers as before with Connection: close while balancers take notice", async () => {
    const { url, sink, server, endGrace } = await start();
    expect(server.ready).toBe(true);
    const first = post(url, eventText(1));
    await until(() => sink.writes.length === 1);

    const closed = server.close();
    expect(server.ready).toBe(false);
    const second = post(url, eventText(2));
    await until(() => sink.writes.length === 2);
    for (const write of sink.writes) write.answer({ state: "done", reached: "delivered" });
    expect((await first).status).toBe(202);
    const answer = await second;
    expect(answer.status).toBe(202);
    expect(answer.headers.get("connection")).toBe("close");
    endGrace();
    await closed;
    await expect(fetch(url)).rejects.toThrow("fetch failed");
  });

  it("ends connections that outstay their time, and ends once", async () => {
    const { url, sink, server, endGrace } = await start();
    endGrace();
    const hanging = post(url, eventText(1)).catch((error: unknown) => error);
    await until(() => sink.writes.length === 1);
    const closed = server.close({ timeoutMs: 50 });
    expect(server.close()).toBe(closed);
    await closed;
    expect(String(await hanging)).toContain("fetch failed");
  });

  it("is no trouble before it listens, and a taken port is told", async () => {
    const idle = createNodeServer(createProxy({ sink: memorySink() }), { port: 0 });
    await idle.close();
    expect(idle.ready).toBe(false);

    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    onStop(() => new Promise((resolve) => other.close(() => resolve())));
    const { port } = other.address() as AddressInfo;
    const second = createNodeServer(createProxy({ sink: memorySink() }), { port });
    await expect(second.listen()).rejects.toThrow("EADDRINUSE");
  });
});
