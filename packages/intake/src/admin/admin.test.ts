import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { IntakeProcess } from "../../test/intake-fixtures.ts";
import { eventText, killIntakes, post, startIntake, temporaryDirectory } from "../../test/intake-fixtures.ts";

const token = "a-token-of-16-characters";
let directory: ReturnType<typeof temporaryDirectory>;
let open: IntakeProcess;
let guarded: IntakeProcess;
beforeAll(async () => {
  directory = temporaryDirectory();
  open = startIntake({ ACTIVITY_DATA_DIR: `${directory.path}/open` });
  guarded = startIntake({
    ACTIVITY_DATA_DIR: `${directory.path}/guarded`,
    ACTIVITY_ADMIN_TOKEN: token,
    ACTIVITY_ADMIN_PORT: "0",
    ACTIVITY_WRITE_KEYS: "wk",
  });
  await Promise.all([open.page, guarded.page]);
});
afterAll(() => {
  killIntakes();
  directory.remove();
});

/** `fetch` does not let a caller say where it comes from. */
function get(url: string, headers: Record<string, string> = {}, method = "GET"): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .once("error", reject)
      .end();
  });
}

const text = async (path: string, init: RequestInit = {}): Promise<string> =>
  (await fetch(`${await open.page}${path}`, init)).text();

describe("the admin listener", () => {
  it("sends the page under a strict policy", async () => {
    const response = await fetch(`${await open.page}/`);
    expect(response.headers.get("content-security-policy")).toContain(
      "default-src 'none'; script-src 'self'",
    );
    expect(response.headers.get("content-security-policy")).toContain("require-trusted-types-for 'script'");
    const html = await response.text();
    for (const [, file = ""] of html.matchAll(/(?:src|href)="([\w-]+\.\w+)"/g)) {
      expect([file, await get(`${await open.page}/${file}`)]).toEqual([file, 200]);
    }
    expect(html).not.toMatch(/<script>|style="|onclick/);
  });

  it("refuses pages of others, and names that only lead here", async () => {
    const page = await open.page;
    const { host } = new URL(page);
    expect(await get(`${page}/audit`, { "sec-fetch-site": "cross-site" })).toBe(403);
    expect(await get(`${page}/audit`, { "sec-fetch-site": "same-site" })).toBe(403);
    expect(await get(`${page}/audit`, { origin: "http://evil.example" })).toBe(403);
    expect(await get(`${page}/audit`, { host: "evil.example" })).toBe(403);
    expect(await get(`${page}/audit`, { origin: `http://${host}`, "sec-fetch-site": "same-origin" })).toBe(
      200,
    );
    expect(await get(`${page}/audit`, { host: `localhost:${new URL(page).port}` })).toBe(200);
  });

  it("asks for the token, as Bearer or as a password, on everything but whether it lives", async () => {
    const page = await guarded.page;
    const basic = (password: string): Record<string, string> => ({
      authorization: `Basic ${Buffer.from(`me:${password}`).toString("base64")}`,
    });
    for (const path of ["/", "/page.js", "/tail", "/metrics", "/audit", "/readyz", "/nothing"]) {
      expect([path, await get(page + path)]).toEqual([path, 401]);
    }
    expect(await get(`${page}/healthz`)).toBe(200);
    expect(await get(`${page}/audit`, basic("wrong"))).toBe(401);
    expect(await get(`${page}/audit`, { authorization: "Bearer wk" })).toBe(401);
    expect(await get(`${page}/audit`, basic(token))).toBe(200);
    expect(await get(`${page}/audit`, { authorization: `Bearer ${token}` })).toBe(200);
    expect(guarded.output()).not.toContain(token);
  });

  it("answers what it does not know, and how things are asked for", async () => {
    const page = await open.page;
    expect(await get(`${page}/constructor`)).toBe(404);
    expect(await get(`${page}/../package.json`)).toBe(404);
    expect(await get(`${page}/query`)).toBe(405);
    expect(await get(`${page}/metrics`, {}, "DELETE")).toBe(405);
    expect((await fetch(`${page}/query`, { method: "POST", body: "x".repeat(70_000) })).status).toBe(413);
  });

  it("shows events as they come, rejected ones with the reason, and counts", async () => {
    const page = await open.page;
    const stop = new AbortController();
    const tail = await fetch(`${page}/tail`, { signal: stop.signal });
    const seen = { text: "" };
    const reading = (async () => {
      for await (const chunk of tail.body ?? []) seen.text += Buffer.from(chunk).toString();
    })().catch(() => undefined); // It is aborted below.
    await post(await open.address, `${eventText("shown")}\n{"event_id":"bad"}\n${eventText("shown")}`);
    while (
      !/"id":"id-shown".*"code":"missing_field"[\s\S]*"accepted":1,"duplicates":1,"rejected":1/.test(
        seen.text,
      )
    )
      await sleep(20);
    stop.abort();
    await reading;
    expect(await text("/metrics")).toMatch(/^activity_intake_accepted_total\{type="behavioral"\} 1$/m);
    expect(await text("/metrics")).toMatch(/^activity_intake_rejected_total\{code="missing_field"\} 1$/m);
    expect(JSON.parse(await text("/readyz"))).toMatchObject({ status: "ok", totals: { accepted: 1 } });
    expect(JSON.parse(await text("/audit"))).toMatchObject({ report: { events: 1, opaque: 1, lost: 0 } });
    const answer = await text("/query", { method: "POST", body: "SELECT event_id FROM unique_events" });
    expect(JSON.parse(answer)).toMatchObject({ rows: [["id-shown"]], cut: false });
  });

  it("audits numbers of any size at once, and names the first hundred gaps of a source", async () => {
    const event = JSON.parse(eventText("large"));
    const gaps = Array.from({ length: 101 }, (_, at) => `0123456789abcdefghijk.${2 * at + 2}`);
    const ids = ["V1StGXR8_Z5jdHi6B-myT.9007199254740991", "order.1700000000000", ...gaps];
    await post(await open.address, ids.map((id) => JSON.stringify({ ...event, event_id: id })).join("\n"));
    // Whoever asks meanwhile gets the same one.
    for (const audited of await Promise.all([text("/audit"), text("/audit")])) {
      const { report } = JSON.parse(audited);
      expect(report.sources).toMatchObject([
        { unexplained: [{ from: 1, to: 9_007_199_254_740_990 }] },
        { lost: 101, arrived: 101 },
      ]);
      expect([report.sources[1].missing.length, report.sources[1].unexplained.length]).toEqual([100, 100]);
    }
  });

  it.each([
    ["COPY (SELECT 1) TO 'out.csv'", "file system operations are disabled"],
    ["SELECT * FROM read_csv('package.json')", "file system operations are disabled"],
    ["INSTALL httpfs", "only a SELECT is allowed"],
    ["SET enable_external_access = true", "only a SELECT is allowed"],
    ["DROP VIEW events", "only a SELECT is allowed"],
    ["SELECT 1; SELECT 2", "2 statements"],
    ["SELEKT", "syntax error"],
    ["", "0 statements"],
  ])("refuses the query %j", async (sql, message) => {
    const answer = await fetch(`${await open.page}/query`, { method: "POST", body: sql });
    expect(answer.status).toBe(422);
    expect(((await answer.json()) as { detail: string }).detail).toContain(message); // Every refusal has a detail.
  });

  it("lets a viewer go who does not read, and takes events all the while", async () => {
    const page = new URL(await open.page);
    const socket = connect(Number(page.port), page.hostname);
    await once(socket, "connect");
    socket.write(`GET /tail HTTP/1.1\r\nhost: ${page.host}\r\n\r\n`);
    await once(socket, "readable"); // And reads no more.
    const large = "x".repeat(1_900);
    const dropped = async (): Promise<boolean> =>
      /^activity_intake_viewers_dropped 1$/m.test(await text("/metrics"));
    for (let batch = 0; !(await dropped()); batch++) {
      const lines = Array.from({ length: 200 }, (_, at) => eventText(`slow-${batch}-${at}`, { large }));
      expect((await post(await open.address, lines.join("\n"))).status).toBe(202);
      await sleep(50);
    }
    socket.destroy();
  });
});
