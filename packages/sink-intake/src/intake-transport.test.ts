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

  it("keeps to Retry-After", async () => {
    intake.script = [{ status: 429, headers: { "retry-after": "7" } }];
    expect(await send()).toMatchObject({ kind: "retry", afterMs: 7_000 });
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
