/** The proxy in a real Next: a route of its app router, and functions of its pages router with and without its parser. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { createProxy, memorySink } from "@activity/proxy";
import { createNodeServer } from "@activity/proxy/node";
import { readSegments } from "@activity/spool";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { removeFolder } from "../support/remove-folder.ts";
import { type NextServer, startNext } from "./next-server.ts";

// The first request of a route has it compiled.
jest.setTimeout(240_000);
const elsewhere = memorySink();
const otherServer = createNodeServer(createProxy({ sink: elsewhere }), { port: 0 });
let directory: string;
let next: NextServer | undefined;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "activity-next-"));
  const { origin } = new URL(await otherServer.listen());
  next = await startNext({ command: "dev", directory, elsewhere: origin });
});
afterAll(async () => {
  await next?.stop();
  await otherServer.close({ graceMs: 0, timeoutMs: 200 });
  removeFolder(directory);
});

let made = 0;
/** With a number that no parser keeps. */
const newEvent = (): string =>
  `{"event_id":"next.${++made}","event_time":"2026-01-02T03:04:05Z","event_type":"behavioral","event_name":"click","s":"größe","big":12345678901234567890}`;
const threeEvents = (): string[] => [newEvent(), newEvent(), newEvent()];
const forms = [
  ["NDJSON", (events: string[]) => events.join("\n"), "application/x-ndjson"],
  ["an array", (events: string[]) => `[${events}]`, "application/json"],
  ["a wrapper as text", (events: string[]) => `{"events":[${events}]}`, "text/plain;charset=UTF-8"],
] as const;

function send(path: string, body: string | Uint8Array, headers: Record<string, string>): Promise<Response> {
  return fetch(`${next?.origin}${path}`, {
    method: "POST",
    body: new Uint8Array(Buffer.from(body)),
    headers,
  });
}

/** What a browser says of a page of this Next. */
const page = (): Record<string, string> => ({
  origin: next?.origin ?? "",
  "sec-fetch-site": "same-origin",
  "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
});

async function stored(): Promise<string[]> {
  const texts: string[] = [];
  for await (const text of readSegments(directory)) texts.push(text);
  return texts;
}

describe.each(["/v1/events", "/v1/post-only", "/api/events"])("Next at %s", (path) => {
  it.each(forms)("keeps %s as it was sent", async (_, write, type) => {
    const events = threeEvents();
    const response = await send(path, write(events), { "content-type": type });
    expect([response.status, await response.json()]).toMatchObject([202, { accepted: 3 }]);
    expect(await stored()).toEqual(expect.arrayContaining(events));
  });

  it("takes a coded body", async () => {
    const events = threeEvents();
    const headers = { "content-type": "application/x-ndjson", "content-encoding": "gzip" };
    expect((await send(path, gzipSync(events.join("\n")), headers)).status).toBe(202);
    expect(await stored()).toEqual(expect.arrayContaining(events));
  });

  it("names a bad event, and refuses what is too large", async () => {
    const json = { "content-type": "application/json" };
    const mixed = await send(path, `[${newEvent()},{}]`, json);
    expect([mixed.status, await mixed.json()]).toMatchObject([
      202,
      { accepted: 1, problems: [{ index: 1, code: "missing_field" }] },
    ]);
    const large = await send(path, " ".repeat(2 << 20), json);
    expect([large.status, await large.json()]).toMatchObject([413, { code: "body_too_large" }]);
  });

  it("knows its own pages, receipts and repeats, and no foreign page", async () => {
    const [event] = threeEvents();
    const body = `{"batch_id":"batch-1234567890","events":[${event}]}`;
    const own = { ...page(), "content-type": "text/plain" };
    const first = await send(path, body, own);
    expect(first.status).toBe(202);
    expect(first.headers.get("set-cookie")).toContain("activity_receipt_batch-1234567890=1");
    expect(await (await send(path, body, own)).json()).toMatchObject({ accepted: 0, duplicates: 1 });
    const evil = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    const foreign = await send(path, body, { ...own, ...evil });
    expect([foreign.status, await foreign.json()]).toMatchObject([403, { code: "origin_refused" }]);
  });
});

describe("Next", () => {
  const preflight = (path: string): Promise<Response> =>
    fetch(`${next?.origin}${path}`, {
      method: "OPTIONS",
      headers: { origin: "https://shop.example", "access-control-request-method": "POST" },
    });

  it.each(["/v1/events", "/api/events"])("lets %s answer preflights", async (path) => {
    const { status, headers } = await preflight(path);
    expect([status, headers.get("access-control-allow-origin")]).toEqual([204, "https://shop.example"]);
  });

  it("answers them itself, and to nobody's use, where only POST is exported", async () => {
    const { headers } = await preflight("/v1/post-only");
    expect(headers.get("access-control-allow-origin")).toBeNull();
  });

  it("knows a repeat that came by another route", async () => {
    const event = newEvent();
    const headers = { "content-type": "application/json" };
    const answers = [];
    for (const path of ["/v1/events", "/v1/post-only", "/api/events", "/api/parsed"])
      answers.push(await (await send(path, event, headers)).json());
    expect(answers).toMatchObject([
      { accepted: 1 },
      ...Array.from({ length: 3 }, () => ({ accepted: 0, duplicates: 1 })),
    ]);
  });

  it.each(forms)("may have parsed %s", async (_, write, type) => {
    const response = await send("/api/parsed", write(threeEvents()), { "content-type": type });
    expect([response.status, await response.json()]).toMatchObject([202, { accepted: 3 }]);
  });

  it("does not make a client give up what its parser has spoiled", async () => {
    const headers = { "content-type": "application/x-ndjson", "content-encoding": "gzip" };
    const response = await send("/api/parsed", gzipSync(newEvent()), headers);
    expect([response.status, await response.json()]).toMatchObject([500, { code: "body_consumed" }]);
  });

  it("passes events on as a dev server in front of the proxy", async () => {
    const events = threeEvents();
    const headers = {
      "content-type": "text/plain",
      origin: next?.origin ?? "",
      "sec-fetch-site": "same-origin",
    };
    expect((await send("/elsewhere", events.join("\n"), headers)).status).toBe(202);
    expect(elsewhere.texts).toEqual(events);
  });

  it("discards what bots send", async () => {
    const headers = { ...page(), "content-type": "text/plain", "user-agent": "Googlebot/2.1" };
    expect(await (await send("/v1/events", newEvent(), headers)).json()).toMatchObject({ discarded: 1 });
  });

  it("has nothing to complain about", () => {
    expect(next?.output()).not.toMatch(/warn|error|without sending a response/i);
  });
});
