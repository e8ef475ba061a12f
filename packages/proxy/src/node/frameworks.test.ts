import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import type { MemorySink } from "@activity/core";
import { memorySink } from "@activity/core";
import { afterEach, describe, expect, it } from "@jest/globals";
import type { RequestHandler } from "express";
import express from "express";
import type { Answer } from "../../test/proxy-server.ts";
import { eventText, idsOf, onStop, post, stopServers } from "../../test/proxy-server.ts";
import type { ProxyProblem } from "../index.ts";
import { createProxy } from "../index.ts";
import { nodeHandler } from "./index.ts";

afterEach(stopServers);

interface Mounted {
  readonly url: string;
  readonly sink: MemorySink;
  readonly problems: ProxyProblem[];
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onStop(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/events`;
}

async function mount(how: "use" | "post" | "all", ...before: RequestHandler[]): Promise<Mounted> {
  const sink = memorySink();
  const problems: ProxyProblem[] = [];
  const app = express();
  for (const parser of before) app.use(parser);
  const proxy = createProxy({ sink, onProblem: (problem) => problems.push(problem) });
  app[how]("/v1/events", nodeHandler(proxy));
  app.use((_request, response) => void response.status(404).send("the host's own page"));
  return { url: await listen(createServer(app)), sink, problems };
}

const json = { "content-type": "application/json" };
const ndjson = { "content-type": "application/x-ndjson" };
const text = { "content-type": "text/plain;charset=UTF-8" };
const three = [eventText(1), eventText(2), eventText(3)];
const forms = [
  ["NDJSON", three.join("\n"), ndjson],
  ["an array", `[${three}]`, json],
  ["a wrapper as text", `{"events":[${three}]}`, text],
] as const;

const mounts: [string, () => Promise<Mounted>][] = [
  ["with use", () => mount("use")],
  ["with post", () => mount("post")],
  ["with all", () => mount("all")],
  ["behind express.json", () => mount("use", express.json())],
  [
    "behind express.json for every type that is JSON, and text for the rest",
    () => mount("post", express.json(), express.text({ type: "*/*" })),
  ],
  ["behind express.text", () => mount("use", express.text({ type: "*/*" }))],
  ["behind express.raw", () => mount("post", express.raw({ type: "*/*" }))],
  ["behind express.urlencoded", () => mount("use", express.urlencoded({ extended: true }))],
];

describe.each(mounts)("the handler in Express, %s", (_, start) => {
  it.each(forms)("takes %s", async (_form, body, headers) => {
    const { url, sink } = await start();
    const answer = await post(url, body, headers);
    expect(answer).toMatchObject({ status: 202, json: { accepted: 3 } });
    expect(idsOf(sink)).toEqual(["id-1", "id-2", "id-3"]);
  });

  it("takes a coded body once, whoever decodes it", async () => {
    const { url, sink } = await start();
    await post(url, gzipSync(`[${three}]`), { ...json, "content-encoding": "gzip" });
    expect(idsOf(sink)).toEqual(["id-1", "id-2", "id-3"]);
  });

  it("names the bad event of many", async () => {
    const { url, sink } = await start();
    const { json: body } = await post(url, `[${three[0]},{"a":1},${three[1]}]`, json);
    expect(body).toMatchObject({ accepted: 2, problems: [{ index: 1 }] });
    expect(sink.events).toHaveLength(2);
  });

  it("answers an empty body", async () => {
    const { url } = await start();
    expect((await post(url, "", json)).status).toBe(400);
  });
});

describe("the handler in Express", () => {
  it("gets a body that the host's parser refused for its size not at all: the host answers 413", async () => {
    const { url, sink } = await mount("use", express.json());
    const response = await fetch(url, {
      method: "POST",
      body: eventText(1, { s: "x".repeat(150_000) }),
      headers: json,
    });
    await response.arrayBuffer();
    expect(response.status).toBe(413);
    expect(sink.texts).toEqual([]);
  });

  it("keeps the spelling of a body that was parsed as text or bytes", async () => {
    const spelled = eventText(1, { n: 1 }).replace('"n":1', '"n": 12345678901234567890');
    for (const parser of [express.text({ type: "*/*" }), express.raw({ type: "*/*" })]) {
      const { url, sink } = await mount("use", parser);
      await post(url, `[${spelled}]`, json);
      expect(sink.texts).toEqual([spelled]);
    }
  });

  it("says clearly that the stream was consumed", async () => {
    const drain: RequestHandler = (request, _response, next) => {
      request.resume().on("end", next);
    };
    const { url, sink, problems } = await mount("use", drain);
    const answer = await post(url, eventText(1), json);
    expect(answer).toMatchObject({ status: 500, json: { code: "body_consumed" } });
    expect(answer.json.detail).toContain("mount the handler before");
    expect(problems).toMatchObject([{ code: "misconfigured" }]);
    expect(sink.texts).toEqual([]);
  });

  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["zstd", zstdCompressSync],
  ] as const)("decodes %s that a host has only collected", async (coding, encode) => {
    const collect: RequestHandler = (request, _response, next) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        request.body = Buffer.concat(chunks);
        next();
      });
    };
    const { url, sink } = await mount("use", collect);
    const headers = { ...ndjson, "content-encoding": coding };
    expect(await post(url, encode(three.join("\n")), headers)).toMatchObject({ status: 202 });
    expect(idsOf(sink)).toEqual(["id-1", "id-2", "id-3"]);
    expect((await post(url, encode(" ".repeat(2 << 20)), headers)).status).toBe(413);
  });

  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["zstd", zstdCompressSync],
  ] as const)(
    "does not reject events whose %s was read as text: they would be given up",
    async (coding, encode) => {
      const readText: RequestHandler = (request, _response, next) => {
        request.body = "";
        request.setEncoding("utf8").on("data", (chunk: string) => {
          request.body += chunk;
        });
        request.on("end", next);
      };
      const { url, problems } = await mount("use", readText);
      const answer = await post(url, encode(three.join("\n")), { ...ndjson, "content-encoding": coding });
      expect(answer).toMatchObject({ status: 500, json: { code: "body_consumed" } });
      expect(answer.json.detail).toContain("compressed bytes were read as text");
      expect(problems).toMatchObject([{ code: "misconfigured" }]);
      expect(await post(url, three.join("\n"), ndjson)).toMatchObject({ status: 202, json: { accepted: 3 } });
    },
  );

  it("uses the host's session through the native request", async () => {
    const sink = memorySink();
    const app = express();
    app.use((request, _response, next) => {
      Object.assign(request, { user: request.headers["x-user"] });
      next();
    });
    const proxy = createProxy({
      sink,
      authenticate: (_request, native) => {
        const { user } = native as { user?: string };
        return user === undefined ? null : { attributes: { user_id: user } };
      },
    });
    app.use("/v1/events", nodeHandler(proxy));
    const url = await listen(createServer(app));
    expect((await post(url, eventText(1), json)).status).toBe(401);
    expect((await post(url, eventText(1), { ...json, "x-user": "u1" })).status).toBe(202);
    expect(sink.events).toMatchObject([{ user_id: "u1" }]);
  });

  it("passes on other paths when it knows its own", async () => {
    const app = express();
    const sink = memorySink();
    app.use(nodeHandler(createProxy({ sink }), { path: "/v1/events" }));
    app.get("/", (_request, response) => void response.send("home"));
    const url = await listen(createServer(app));
    expect(await (await fetch(new URL("/", url))).text()).toBe("home");
    expect((await post(`${url}?x=1`, eventText(1), json)).status).toBe(202);
  });
});

describe("the handler on node:http", () => {
  const start = async (path?: string): Promise<{ url: string; sink: MemorySink }> => {
    const sink = memorySink();
    return { url: await listen(createServer(nodeHandler(createProxy({ sink }), { path }))), sink };
  };

  it.each(forms)("takes %s", async (_, body, headers) => {
    const { url, sink } = await start();
    const answer: Answer = await post(url, body, headers);
    expect(answer.status).toBe(202);
    expect(sink.events).toHaveLength(3);
  });

  it("answers other paths with 404 when it knows its own", async () => {
    const { url } = await start("/v1/events");
    const answer = await fetch(new URL("/other?a=1", url));
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(await answer.json()).toEqual({
      title: "Not Found",
      status: 404,
      code: "not_found",
      detail: expect.stringMatching(/^nothing is at "\/other"; events are posted to \//),
    });
    expect((await post(url, eventText(1), json)).status).toBe(202);
  });
});
