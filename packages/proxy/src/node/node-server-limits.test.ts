import { memorySink } from "@activity/core";
import { afterEach, describe, expect, it } from "@jest/globals";
import { createProxy } from "../create-proxy.ts";
import type { NodeServer } from "./node-server.ts";
import { createNodeServer } from "./node-server.ts";

describe("the limits of a server", () => {
  let server: NodeServer | undefined;

  afterEach(() => server?.close({ graceMs: 0 }));

  it.each([
    ["are its own where none are given", undefined, 75],
    ["are its own where undefined is given", { keepAliveMs: undefined, maxConnections: undefined }, 75],
    ["are those given", { keepAliveMs: 20_000 }, 20],
  ])("%s", async (_, limits, seconds) => {
    server = createNodeServer(createProxy({ sink: memorySink() }), { port: 0, limits });
    const address = await server.listen();
    const { headers } = await fetch(address);
    expect(headers.get("keep-alive")).toBe(`timeout=${seconds}`);
  });
});
