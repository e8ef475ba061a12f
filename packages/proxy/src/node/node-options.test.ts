import { memorySink } from "@activity/core";
import { describe, expect, it } from "@jest/globals";
import { fastifyEvents } from "../fastify/index.ts";
import type { EventProxy } from "../index.ts";
import { createProxy } from "../index.ts";
import type { NodeServerOptions } from "./index.ts";
import { createNodeServer, nodeHandler } from "./index.ts";

const proxy = createProxy({ sink: memorySink() });
const none = undefined as unknown as EventProxy; // As JavaScript may.

describe("what Node's handlers are made of", () => {
  it.each<[string, () => unknown]>([
    ["proxy is undefined; it must be a proxy that createProxy made", () => nodeHandler(none)],
    [
      "proxy is undefined; it must be a proxy that createProxy made",
      () => createNodeServer(none, { port: 0 }),
    ],
    ['path is "v1"; it must be a path that begins with /', () => nodeHandler(proxy, { path: "v1" })],
    [
      'path is "v1"; it must be a path that begins with /',
      () => createNodeServer(proxy, { port: 0, path: "v1" }),
    ],
    [
      'port is "x"; it must be a port from 0 to 65535',
      () => createNodeServer(proxy, { port: "x" } as unknown as NodeServerOptions),
    ],
    [
      "the argument of createNodeServer is undefined; it must be an object with port",
      () => createNodeServer(proxy, undefined as unknown as NodeServerOptions),
    ],
    [
      'limits of createNodeServer has no option "keepaliveMs"; did you mean "keepAliveMs"?',
      () => createNodeServer(proxy, { port: 0, limits: { keepaliveMs: 1 } as NodeServerOptions["limits"] }),
    ],
  ])("is refused: %s", (message, make) => {
    expect(make).toThrow(expect.objectContaining({ code: "INVALID_OPTION", message }));
  });

  it("may be wrong for Fastify too, which has options of its own among them", async () => {
    const message = "proxy is undefined; it must be a proxy that createProxy made";
    await expect(fastifyEvents({}, { prefix: "/x" } as never)).rejects.toMatchObject({ message });
  });
});
