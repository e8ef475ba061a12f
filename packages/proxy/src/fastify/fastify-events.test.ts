import { memorySink } from "@activity/core";
import { afterEach, describe, expect, it } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import { fastify } from "fastify";
import { eventText, idsOf, onStop, post, stopServers } from "../../test/proxy-server.ts";
import type { EventProxy } from "../index.ts";
import { createProxy } from "../index.ts";
import { fastifyEvents } from "./index.ts";

afterEach(stopServers);

async function listen(proxy: EventProxy, prepare?: (app: FastifyInstance) => void): Promise<string> {
  const app = fastify({ forceCloseConnections: true });
  prepare?.(app);
  app.post("/api", async (request) => request.body);
  await app.register(fastifyEvents, { proxy, path: "/events", prefix: "/v1" });
  onStop(() => app.close());
  return new URL("/v1/events", await app.listen({ port: 0, host: "127.0.0.1" })).href;
}

const three = [eventText(1), eventText(2), eventText(3)];
const json = { "content-type": "application/json" };

describe("the Fastify plugin", () => {
  it.each([
    ["NDJSON", three.join("\n"), { "content-type": "application/x-ndjson" }],
    ["an array", `[${three}]`, json],
    ["a wrapper as text", `{"events":[${three}]}`, { "content-type": "text/plain;charset=UTF-8" }],
    ["lines without a type", new TextEncoder().encode(three.join("\n")), {}],
  ])("takes %s", async (_, body, headers) => {
    const sink = memorySink();
    const url = await listen(createProxy({ sink }));
    expect(await post(url, body, headers)).toMatchObject({ status: 202, json: { accepted: 3 } });
    expect(idsOf(sink)).toEqual(["id-1", "id-2", "id-3"]);
  });

  it("keeps the spelling, and takes bodies that are larger than Fastify's own limit", async () => {
    const sink = memorySink();
    const url = await listen(createProxy({ sink, limits: { maxBodyBytes: 3 << 20 } }));
    const large = Array.from({ length: 40 }, (_, n) => eventText(n, { s: "x".repeat(60_000) }));
    const spelled = eventText("s").replace("{", '{ "n": 12345678901234567890, ');
    expect((await post(url, [...large, spelled].join("\n"))).json).toMatchObject({ accepted: 41 });
    expect(sink.texts.at(-1)).toBe(spelled);
  });

  it("gives answers of the contract to every method, and leaves the host's routes alone", async () => {
    const sink = memorySink();
    const url = await listen(
      createProxy({ sink, allowedOrigins: ["https://app.example.com"], onProblem: () => undefined }),
    );
    expect((await fetch(url)).status).toBe(405);
    const preflight = await fetch(url, { method: "OPTIONS", headers: { origin: "https://app.example.com" } });
    expect([preflight.status, preflight.headers.get("access-control-allow-origin")]).toEqual([
      204,
      "https://app.example.com",
    ]);
    expect(await post(url, "", json)).toMatchObject({ status: 400, json: { code: "no_events" } });
    expect(await post(url, "[1]", json)).toMatchObject({ status: 422, json: { code: "none_valid" } });
    expect((await post(new URL("/api", url).href, '{"a":1}', json)).json).toEqual({ a: 1 });
    expect((await post(url, "x".repeat(2 << 20))).status).toBe(413);
  });

  it("hands on what the host's hooks know of the request", async () => {
    const sink = memorySink();
    const proxy = createProxy({
      sink,
      authenticate: (_, native) => {
        const { user } = native as { user?: string };
        return user === undefined ? null : { attributes: { user_id: user } };
      },
    });
    const url = await listen(proxy, (app) => {
      app.decorateRequest("user", undefined);
      app.addHook("onRequest", async (request) =>
        Object.assign(request, { user: request.headers["x-user"] }),
      );
    });
    expect((await post(url, eventText(1), json)).status).toBe(401);
    expect((await post(url, eventText(1), { ...json, "x-user": "u1" })).status).toBe(202);
    expect(sink.events).toMatchObject([{ user_id: "u1" }]);
  });
});
