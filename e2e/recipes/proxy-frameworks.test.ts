/** The proxy mounted in frameworks that it knows nothing of, and behind a dev server, each on a port of its own. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { createProxy, type EventProxy, type MemorySink, memorySink } from "@activity/proxy";
import { createNodeServer, nodeHandler } from "@activity/proxy/node";
import { getRequestListener } from "@hono/node-server";
import { afterEach, describe, expect, it } from "@jest/globals";
import connect from "connect";
import { Hono } from "hono";
import { cloneRawRequest } from "hono/request";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

const ids = ["frame.1", "frame.2", "frame.3"];
const events = ids.map((id) =>
  JSON.stringify({
    event_id: id,
    event_time: "2026-01-02T03:04:05Z",
    event_type: "behavioral",
    event_name: "click",
    s: "größe",
  }),
);
const forms = [
  ["NDJSON", events.join("\n"), "application/x-ndjson"],
  ["an array", `[${events}]`, "application/json"],
  ["a wrapper as text", `{"events":[${events}]}`, "text/plain;charset=UTF-8"],
] as const;

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  stops.push(async () => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/events`; // On a port.
}

const mounts: readonly [name: string, mount: (proxy: EventProxy) => RequestListener][] = [
  ["Connect, with use", (proxy) => connect().use("/v1/events", nodeHandler(proxy))],
  ["Connect, with a path of its own", (proxy) => connect().use(nodeHandler(proxy, { path: "/v1/events" }))],
  [
    "Hono, with all",
    (proxy) => getRequestListener(new Hono().all("/v1/events", ({ req }) => proxy.fetch(req.raw)).fetch),
  ],
  [
    "Hono, with post",
    (proxy) => getRequestListener(new Hono().post("/v1/events", ({ req }) => proxy.fetch(req.raw)).fetch),
  ],
  [
    "Hono, behind whatever has read the body as text",
    (proxy) =>
      getRequestListener(
        new Hono()
          .use(async ({ req }, next) => {
            await req.text();
            await next();
          })
          .post("/v1/events", async ({ req }) => proxy.fetch(await cloneRawRequest(req))).fetch,
      ),
  ],
];

describe.each(mounts)("the proxy in %s", (_, mount) => {
  it.each(forms)("takes %s", async (_form, body, type) => {
    const sink = memorySink();
    const url = await listen(mount(createProxy({ sink })));
    const response = await fetch(url, { method: "POST", body, headers: { "content-type": type } });
    expect([response.status, await response.json()]).toMatchObject([202, { accepted: 3 }]);
    expect(sink.texts).toEqual(events);
  });

  it("names a bad event, and refuses what is too large", async () => {
    const sink = memorySink();
    const url = await listen(mount(createProxy({ sink, onProblem: () => undefined })));
    const post = async (body: string): Promise<unknown[]> => {
      const response = await fetch(url, {
        method: "POST",
        body,
        headers: { "content-type": "application/json" },
      });
      return [response.status, await response.json()];
    };
    expect(await post(`[${events[0]},{}]`)).toMatchObject([202, { accepted: 1, problems: [{ index: 1 }] }]);
    expect(await post(" ".repeat(2 << 20))).toMatchObject([413, { code: "body_too_large" }]);
  });
});

it("says in Hono that the body was read, where it was not cloned", async () => {
  const sink = memorySink();
  const problems: string[] = [];
  const proxy = createProxy({ sink, onProblem: ({ code }) => problems.push(code) });
  const app = new Hono().post("/v1/events", async ({ req }) => {
    await req.json();
    return proxy.fetch(req.raw);
  });
  const listener = getRequestListener(app.fetch);
  const url = await listen((request, response) => void listener(request, response));
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", body: `[${events}]`, headers });
  expect([response.status, await response.json()]).toMatchObject([500, { code: "body_consumed" }]);
  expect(problems).toEqual(["misconfigured"]);
});

describe.each([true, false])("a dev server in front, changeOrigin: %s", (changeOrigin) => {
  /** A page of the dev server sends to it; it sends on to the proxy. */
  async function start(
    allowedHosts: "loopback" | undefined,
    page: (dev: string) => readonly string[],
  ): Promise<{ dev: string; sink: MemorySink }> {
    const sink = memorySink();
    let dev = "";
    const proxy = createProxy({
      sink,
      allowedHosts,
      allowedOrigins: (origin) => page(dev).includes(origin),
      authenticate: () => ({}),
      onProblem: () => undefined,
    });
    const server = createNodeServer(proxy, { port: 0 });
    const target = new URL(await server.listen()).origin;
    stops.push(() => server.close({ graceMs: 0, timeoutMs: 200 }));
    const child = fork(new URL("dev-server.ts", import.meta.url), [target, String(changeOrigin)], {
      execArgv: [],
    });
    stops.push(async () => {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    });
    const [port] = (await once(child, "message")) as [number]; // The first thing that it says.
    dev = `http://127.0.0.1:${port}`;
    return { dev, sink };
  }

  const send = (
    dev: string,
    headers: Record<string, string>,
    body: string = events.join("\n"),
  ): Promise<Response> =>
    fetch(`${dev}/v1/events`, {
      method: "POST",
      body,
      headers: { "content-type": "text/plain", cookie: "session=1", ...headers },
    });

  it("passes on what its page sends", async () => {
    const { dev, sink } = await start("loopback", (own) => [own]);
    const response = await send(dev, { origin: dev, "sec-fetch-site": "same-origin" });
    expect(response.status).toBe(202);
    expect(sink.texts).toEqual(events);
  });

  it("leaves receipts to the page", async () => {
    const { dev } = await start("loopback", (own) => [own]);
    const body = `{"batch_id":"batch-1234567890","events":[${events}]}`;
    const response = await send(dev, { origin: dev, "sec-fetch-site": "same-origin" }, body);
    expect(response.headers.get("set-cookie")).toContain("activity_receipt_batch-1234567890=1");
  });

  it("does not lend its name to other pages", async () => {
    const { dev, sink } = await start("loopback", (own) => [own]);
    const response = await send(dev, { origin: "https://evil.example", "sec-fetch-site": "cross-site" });
    expect([response.status, await response.json()]).toMatchObject([403, { code: "origin_refused" }]);
    expect(sink.texts).toEqual([]);
  });
});
