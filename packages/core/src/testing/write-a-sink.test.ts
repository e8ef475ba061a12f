/** The samples of `docs/write-a-sink.md` are the regions of this file: what the page shows is compiled and run here. */

// #region sink
import { connect } from "node:net";
import type { OutboxOptions, Sink, Transport, Verdict } from "@activity/core";
import { createMemoryStore, createOutbox } from "@activity/core";

/** Sends each batch through a connection of its own; the far side answers `ok` when it has all of it. */
function lineTransport(port: number): Transport {
  return {
    limits: { maxEvents: 500, maxBytes: 524_288, inFlight: 4, perLane: 1 },
    send: ({ bytes }, signal) =>
      new Promise<Verdict>((resolve) => {
        const failed = (detail: string): void =>
          resolve({ kind: "retry", reason: { code: "unreachable", detail }, scope: "destination" });
        let answer = "";
        connect({ port, signal })
          .setEncoding("utf8")
          .on("data", (text) => {
            answer += String(text);
          })
          .on("error", ({ message }) => failed(message))
          .on("close", () =>
            answer === "ok\n" ? resolve({ kind: "delivered" }) : failed(`the answer was "${answer}"`),
          )
          .end(bytes);
      }),
    close: async () => {},
  };
}

function lineSink(port: number, options?: OutboxOptions): Sink {
  const transport = lineTransport(port);
  const store = createMemoryStore({ lease: transport.limits, clock: options?.clock });
  return createOutbox(transport, store, options);
}

// #endregion

// #region far-side
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { createServer } from "node:net";

/** A server that collects lines and can be told to fail or to hang. */
async function startServer() {
  const lines: string[] = [];
  const hanging: (() => void)[] = [];
  let mood: "healthy" | "failing" | "hanging" = "healthy";
  const take = async (socket: Socket, body: string): Promise<void> => {
    if (mood === "hanging") await new Promise<void>((resolve) => hanging.push(resolve));
    if (mood === "healthy") lines.push(...body.split("\n").slice(0, -1));
    socket.end(mood === "healthy" ? "ok\n" : "no\n");
  };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let body = "";
    socket
      .setEncoding("utf8")
      .on("error", () => {}) // The client may have gone.
      .on("data", (text) => {
        body += String(text);
      })
      .on("end", () => void take(socket, body)); // Half open: the answer still goes out.
  });
  await once(server.listen(0), "listening");
  return {
    port: (server.address() as AddressInfo).port, // It listens on a port, not on a pipe.
    arrived: () => lines,
    fail: () => {
      mood = "failing";
    },
    stall: () => {
      mood = "hanging";
    },
    heal: () => {
      mood = "healthy";
      for (const resolve of hanging.splice(0)) resolve();
    },
    dispose: async () => {
      await once(server.close(), "close");
    },
  };
}

// #endregion

// #region contracts
// continues the samples above
import { systemClock } from "@activity/core";
import { describeSinkContract, describeTransportContract } from "@activity/core/testing";
import { describe, expect, it } from "@jest/globals";

const kit = { describe, expect, it };

describeTransportContract({
  name: "lineTransport",
  kit,
  create: async () => {
    const server = await startServer();
    return { ...server, transport: lineTransport(server.port) };
  },
});

describeSinkContract({
  name: "lineSink",
  kit,
  create: async () => {
    const server = await startServer();
    return { ...server, sink: lineSink(server.port), pass: (ms) => systemClock.sleep(ms) };
  },
});

// #endregion

import { readFileSync } from "node:fs";
import { createClient } from "@activity/core";

describe("docs/write-a-sink.md", () => {
  it("uses the sink", async () => {
    const server = await startServer();
    const port = server.port;
    // #region use
    // continues the samples above; needs createClient, port
    const activity = createClient({ service: { name: "admin-server" }, sink: lineSink(port) });
    activity.track("login_start", { method: "github" });
    const { delivered, pending } = await activity.close();
    // #endregion
    expect(pending).toBe(0);
    expect(delivered).toBe(server.arrived().length);
    expect(server.arrived()[0]).toContain('"event_name":"login_start"');
    await server.dispose();
  });

  it("shows what stands in this file, line by line", () => {
    const own = readFileSync(new URL(import.meta.url), "utf8");
    const page = readFileSync(new URL("../../../../docs/write-a-sink.md", import.meta.url), "utf8");
    const regions = [...own.matchAll(/^( *)\/\/ #region [\w-]+\n(.*?)\n*^\1\/\/ #endregion$/gms)];
    const samples = [...page.matchAll(/^```ts\n(.*?)\n^```$/gms)].map(([, sample = ""]) => sample);
    const code = regions.map(([, indent = "", lines = ""]) =>
      lines.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    );
    expect(samples.toSorted()).toEqual(code.toSorted()); // The page uses the sink before it tests it.
    expect(samples[0]?.split("\n").length).toBeLessThanOrEqual(40);
  });
});
