import type { Batch, Verdict } from "@activity/core";
import { systemClock } from "@activity/core";
import { describeTransportContract, fakeClock, testBatch, testEvents } from "@activity/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { TestIntake } from "../test/test-intake.ts";
import { startTestIntake, unusedUrl } from "../test/test-intake.ts";
import type { IntakeTransportOptions } from "./index.ts";
import { intakeTransport } from "./index.ts";

const texts = testEvents(1, 3).map(({ text }) => text);
let intake: TestIntake;

beforeEach(async () => {
  intake = await startTestIntake();
});
afterEach(() => intake.close());

describeTransportContract({
  name: "the intake transport",
  kit: { describe, expect, it },
  create: async () => {
    const server = await startTestIntake();
    return {
      transport: intakeTransport({ url: server.url }),
      arrived: () => server.arrived,
      fail: () => {
        server.always = () => ({ status: 503 });
      },
      stall: () => {
        server.always = () => "stall";
      },
      heal: () => server.heal(),
      dispose: () => server.close(),
    };
  },
});

describe("the intake transport", () => {
  const signal = new AbortController().signal;
  const send = (
    options: Partial<IntakeTransportOptions> = {},
    batch: Batch = testBatch(texts),
  ): Promise<Verdict> => intakeTransport({ url: intake.url, ...options }).send(batch, signal);

  it("posts NDJSON, compressed, with the time of sending", async () => {
    const auth = { kind: "bearer", token: "wk_1" } as const;
    expect(await send({ auth, clock: { ...systemClock, now: () => 0 } })).toEqual({ kind: "delivered" });
    expect(intake.requests).toMatchObject([
      {
        method: "POST",
        texts,
        headers: {
          "content-type": "application/x-ndjson",
          "content-encoding": "gzip",
          authorization: "Bearer wk_1",
          "activity-sent-at": "1970-01-01T00:00:00.000Z",
        },
      },
    ]);
  });

  it("compresses or not, as it is told", async () => {
    expect(await send({ gzip: false })).toEqual({ kind: "delivered" });
    expect(await send({ gzip: 9 })).toEqual({ kind: "delivered" });
    expect(intake.requests.map(({ headers }) => headers["content-encoding"])).toEqual([undefined, "gzip"]);
    expect(intake.arrived).toEqual([...texts, ...texts]);
  });

  it("codes with zstd what goes to a server that offers it, and anew what a server cannot read", async () => {
    const transport = intakeTransport({ url: intake.url });
    const offer = { headers: { "accept-encoding": "gzip, zstd" } };
    const refuse = { headers: { "accept-encoding": "identity" } };
    intake.script = [
      { status: 202, ...offer },
      { status: 415, ...refuse },
      { status: 415, ...refuse },
    ];
    const verdicts = [];
    for (let n = 0; n < 3; n++) verdicts.push(await transport.send(testBatch(texts), signal));
    expect(intake.requests.map(({ headers }) => headers["content-encoding"])).toEqual([
      "gzip",
      "zstd",
      undefined,
    ]);
    expect(verdicts).toMatchObject([
      { kind: "delivered" },
      { kind: "retry", afterMs: 0 },
      { kind: "rejected", reason: { code: "http_415" } },
    ]);
  });

  it("asks for headers before every request", async () => {
    let asked = 0;
    const headers = (): Record<string, string> => ({ authorization: `Custom ${++asked}`, "x-tenant": "t" });
    const transport = intakeTransport({ url: intake.url, auth: { kind: "custom", name: "me", headers } });
    for (let n = 0; n < 2; n++) await transport.send(testBatch(texts), signal);
    expect(intake.requests.map((request) => request.headers)).toMatchObject([
      { authorization: "Custom 1", "x-tenant": "t" },
      { authorization: "Custom 2" },
    ]);
  });

  it.each<[what: string, headers: () => Promise<Record<string, string>>]>([
    ["throws", () => Promise.reject(new Error("wk_secret"))],
    ["gives what is no header", async () => ({ authorization: "wk_secret\n2" })],
  ])("waits, and asks for attention, when a callback for headers %s", async (_, headers) => {
    const verdict = await send({ auth: { kind: "custom", name: "me", headers } });
    expect(verdict).toMatchObject({ kind: "retry", reason: { code: "no_credentials" }, attention: true });
    expect(JSON.stringify(verdict)).not.toContain("secret");
    expect(intake.requests).toEqual([]);
  });

  it("does not wait for a fetch that never answers and heeds no signal", async () => {
    const clock = fakeClock();
    const fetch = (): Promise<Response> => new Promise(() => undefined);
    const sending = send({ clock, fetch });
    while (clock.pending.length === 0) await systemClock.sleep(1);
    await clock.advance(15_000);
    expect(await sending).toMatchObject({ kind: "retry", reason: { code: "timeout" } });
    expect(clock.pending).toEqual([]);
  });

  it("does not wait for a callback for headers that never answers", async () => {
    const clock = fakeClock();
    const headers = (): Promise<never> => new Promise(() => undefined);
    const sending = send({ clock, auth: { kind: "custom", name: "me", headers } });
    await clock.advance(15_000);
    expect(await sending).toMatchObject({ kind: "retry", reason: { code: "timeout" } });
  });

  it("signs in with name and password", async () => {
    await send({ auth: { kind: "basic", username: "é", password: "p:w" } });
    expect(intake.requests[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from("é:p:w").toString("base64")}`,
    );
  });

  const hourMs = 3_600_000;
  const destination = { kind: "retry", scope: "destination" };
  it.each<[status: number, verdict: object]>([
    [200, { kind: "delivered" }],
    [202, { kind: "delivered" }],
    [204, { kind: "delivered" }],
    [301, { ...destination, afterMs: hourMs, attention: true }],
    [307, { ...destination, afterMs: hourMs, attention: true }],
    [400, { kind: "split" }],
    [401, { ...destination, afterMs: hourMs / 4, attention: true }],
    [403, { ...destination, afterMs: hourMs / 4, attention: true }],
    [402, { kind: "rejected" }],
    [405, { kind: "rejected" }],
    [302, { ...destination, afterMs: hourMs, attention: true }],
    [308, { ...destination, afterMs: hourMs, attention: true }],
    [502, destination],
    [504, destination],
    [404, { ...destination, afterMs: hourMs, attention: true }],
    [408, destination],
    [410, { ...destination, afterMs: hourMs, attention: true }],
    [413, { kind: "split" }],
    [415, { kind: "rejected" }],
    [422, { kind: "split" }],
    [425, destination],
    [429, destination],
    [500, destination],
    [503, destination],
  ])("takes %i for its verdict", async (status, verdict) => {
    intake.script = [{ status, headers: { location: intake.url }, ...(status === 204 ? { body: "" } : {}) }];
    expect(await send()).toMatchObject(verdict);
    expect(intake.requests).toHaveLength(1);
  });

  it("names the events that the intake rejects", async () => {
    intake.script = [{ status: 202, body: { problems: [{ index: 1, code: "bad_time" }] } }];
    expect(await send()).toEqual({ kind: "delivered", rejected: [[1, { code: "bad_time" }]] });
  });

  it.each<[retryAfter: string, afterMs: number | undefined]>([
    ["7", 7_000],
    ["0", 0],
    ["-5", 0],
    ["99999999999", hourMs],
    [new Date(3_000_000).toUTCString(), 3_000_000],
    [new Date(0).toUTCString(), 0],
    ["Fri, 31 Dec 9999 23:59:59 GMT", hourMs],
    ["soon", undefined],
  ])("keeps to Retry-After %j", async (retryAfter, afterMs) => {
    for (const status of [429, 503]) {
      intake.script = [{ status, headers: { "retry-after": retryAfter } }];
      const verdict = await send({ clock: { ...systemClock, now: () => 0 } });
      expect([verdict.kind, verdict.kind === "retry" && verdict.afterMs]).toEqual(["retry", afterMs]);
    }
  });

  it("knows a server where telemetry is switched off from one that refuses the key", async () => {
    intake.script = [
      { status: 403, body: { code: "consent_denied" } },
      { status: 403, body: { code: "origin_refused" } },
    ];
    expect(await send()).toEqual({ kind: "denied" });
    expect(await send()).toMatchObject({ kind: "retry", attention: true });
  });

  it.each([400, 422])("rejects what a %i names, and sends the others again", async (status) => {
    intake.script = [{ status, body: { problems: [{ index: 1, code: "empty" }] } }];
    expect(await send()).toEqual({ kind: "delivered", rejected: [[1, { code: "empty" }]], retry: [0, 2] });
    intake.script = [{ status, body: "no" }];
    expect(await send({}, testBatch(texts.slice(0, 1)))).toMatchObject({ kind: "rejected" });
  });

  it("doubles the pause for refusals in a row", async () => {
    const transport = intakeTransport({ url: intake.url });
    const waits: unknown[] = [];
    for (const status of [401, 403, 401, 404, 401, 200, 401]) {
      intake.script = [{ status }];
      const verdict = await transport.send(testBatch(texts), signal);
      waits.push(verdict.kind === "retry" ? (verdict.afterMs ?? 0) / 60_000 : verdict.kind);
    }
    expect(waits).toEqual([15, 30, 60, 60, 15, "delivered", 15]);
  });

  it.each(["reset", "lost"] as const)("sends again when the connection breaks: %s", async (behaviour) => {
    intake.script = [behaviour];
    expect(await send()).toMatchObject({
      kind: "retry",
      scope: "destination",
      reason: { code: "unreachable" },
    });
  });

  it("sends again when nobody listens", async () => {
    expect(await send({ url: await unusedUrl() })).toMatchObject({
      kind: "retry",
      scope: "destination",
      reason: { code: "unreachable", detail: "the intake could not be reached (ECONNREFUSED)" },
    });
  });

  it("gives an attempt its time, and no more", async () => {
    const clock = fakeClock();
    intake.script = ["stall"];
    const sending = send({ clock, attemptMs: 4_000 });
    await until(() => intake.requests.length === 1);
    expect(clock.pending).toEqual([{ at: 4_000, unref: false }]);
    await clock.advance(4_000);
    expect(await sending).toMatchObject({ kind: "retry", scope: "destination", reason: { code: "timeout" } });
    expect(clock.pending).toEqual([]);
  });

  it("reads an answer to its end, but not one without end", async () => {
    intake.script = [{ status: 500, body: "x".repeat(2_000_000) }];
    expect(await send()).toMatchObject(destination);
    intake.script = [{ status: 202, body: "{", headers: { "content-type": "application/json" } }];
    expect(await send()).toEqual({ kind: "delivered" });
  });

  it("uses the fetch that it is given", async () => {
    let calls = 0;
    const counted: typeof fetch = (...request) => {
      calls++;
      return fetch(...request);
    };
    expect([await send({ fetch: counted }), calls]).toEqual([{ kind: "delivered" }, 1]);
  });

  it("tells no secret, whatever happens", async () => {
    const auth = { kind: "bearer", token: "wk_secret" } as const;
    const verdicts = [await send({ auth, url: await unusedUrl() })];
    for (const status of [401, 404, 500]) {
      intake.script = [{ status, body: { detail: "wk_secret" } }];
      verdicts.push(await send({ auth }));
    }
    const thrown = catching(() =>
      intakeTransport({ url: intake.url, auth: { kind: "bearer", token: "wk_secret\n" } }),
    );
    expect(JSON.stringify(verdicts)).not.toContain("secret");
    expect(thrown).toMatchObject({ code: "INVALID_OPTION", message: expect.not.stringContaining("secret") });
  });

  it.each<Partial<IntakeTransportOptions>>([
    { url: "" },
    { url: "/v1/events" },
    { url: "ftp://example.com" },
    { url: "https://user:password@example.com" },
    { gzip: 0 },
    { gzip: 10 },
    { attemptMs: 0 },
    { maxInFlight: 0 },
    { maxInFlight: 5 },
  ])("does not take %j", (options) => {
    expect(catching(() => intakeTransport({ url: "https://example.com", ...options }))).toMatchObject({
      code: "INVALID_OPTION",
    });
  });
});

function catching(body: () => unknown): unknown {
  try {
    return body();
  } catch (thrown) {
    return thrown;
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await systemClock.sleep(5);
}
