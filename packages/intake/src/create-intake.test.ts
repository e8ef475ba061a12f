import { memorySink, systemClock } from "@activity/core";
import { fileSink } from "@activity/spool";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { eventText, idsIn, post, temporaryDirectory } from "../test/intake-fixtures.ts";
import type { Intake, IntakeOptions } from "./index.ts";
import { createIntake } from "./index.ts";
import { storedIds } from "./storage/stored-ids.ts";

const noKeysYet = { keys: [], refresh: () => undefined };
const open: Intake[] = [];
let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((intake) => intake.close({ graceMs: 0 })));
  directory.remove();
});

async function start(options: Partial<IntakeOptions> = {}): Promise<{ url: string; intake: Intake }> {
  const intake = createIntake({
    sink: fileSink({ directory: directory.path }),
    port: 0,
    onProblem: () => undefined,
    ...options,
  });
  open.push(intake);
  return { url: await intake.listen(), intake };
}

describe("an intake", () => {
  it("has events on disk when it answers", async () => {
    const { url, intake } = await start();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1\/events$/);
    expect(await post(url, `${eventText(1)}\n{}\n${eventText(2)}`)).toMatchObject({
      status: 202,
      body: { accepted: 2, rejected: 1, problems: [{ index: 1 }] },
    });
    expect(await idsIn(directory.path)).toEqual(["id-1", "id-2"]);
    expect(intake.stats()).toMatchObject({ recorded: 2 });
  });

  it("knows repeats after a restart", async () => {
    const first = await start();
    await post(first.url, `${eventText(1)}\n${eventText(2)}`);
    await first.intake.close({ graceMs: 0 });
    const second = await start({ knownIds: storedIds(directory.path) });
    expect((await post(second.url, `${eventText(2)}\n${eventText(3)}`)).body).toMatchObject({
      accepted: 1,
      duplicates: 1,
    });
    expect(await idsIn(directory.path)).toEqual(["id-1", "id-2", "id-3"]);
  });

  it.each([
    ["Bearer key-one", 202],
    ["bearer  key-two", 202],
    ["Bearer key-on", 401],
    ["Bearer key-one,key-two", 401],
    ["Bearer ", 401],
    ["Basic key-one", 401],
    ["", 401],
  ])("answers the authorization %j with %i", async (authorization, expected) => {
    const { url } = await start({ sink: memorySink(), writeKeys: ["key-one", "key-two"] });
    const { status, body } = await post(url, eventText(1), { authorization });
    expect(status).toBe(expected);
    expect(JSON.stringify(body)).not.toContain("key-");
    const needs = /^the request.*; it must have Authorization: Bearer <write key>$/;
    if (expected === 401) expect(body["detail"]).toMatch(needs);
  });

  it("names the path of events to who takes another", async () => {
    const { url } = await start();
    const { status, body } = await post(new URL("/v1/event", url).href, eventText(1));
    const detail = 'nothing is at "/v1/event"; events are posted to /v1/events';
    expect([status, body]).toMatchObject([404, { code: "not_found", detail }]);
  });

  it.each(["0.0.0.0", "::", "192.0.2.1"])(
    "does not let everybody in who reaches %s, unless told to",
    async (host) => {
      const sink = memorySink();
      const message = `host is "${host}"; it must be a loopback address where there are no writeKeys`;
      expect(() => createIntake({ sink, host })).toThrow(message);
      expect(() => createIntake({ sink, host, writeKeys: [] })).toThrow(message);
      for (const options of [{ writeKeys: ["k"] }, { writeKeys: noKeysYet }, { allowAnybody: true }])
        await createIntake({ sink, host, ...options }).close({ graceMs: 0 });
    },
  );

  it.each<[string, object]>([
    ["sink is undefined; it must be a sink, such as memorySink()", { sink: undefined }],
    ["writeKeys cannot be used; it must be a list of write keys", { writeKeys: "s3cret" }],
    [
      "writeKeys cannot be used; it must be a list of write keys",
      { writeKeys: [{ name: "a", sha256: "s3cret" }] },
    ],
    ["port is 65536; it must be a port from 0 to 65535", { port: 65_536 }],
    ['createIntake has no option "writeKey"; did you mean "writeKeys"?', { writeKey: "s3cret" }],
    ['ack is "yes"; it must be one of', { ack: "yes" }],
    ['knownIds is ["a"]; it must be an asynchronous stream of ids', { knownIds: ["a"] }],
  ])("refuses what cannot be: %s", (message, options) => {
    const make = (): unknown => createIntake({ sink: memorySink(), ...options });
    expect(make).toThrow(message);
    expect(make).not.toThrow("s3cret");
  });

  it("takes no write key that cannot be sent, and does not tell which it was", () => {
    expect(() => createIntake({ sink: memorySink(), writeKeys: ["good", "two words"] })).toThrow(
      "write key 2",
    );
    expect(() => createIntake({ sink: memorySink(), writeKeys: ["two words"] })).not.toThrow("words");
  });

  it("says whether it lives and whether it takes events", async () => {
    let endGrace = (): void => undefined;
    const grace = new Promise<void>((resolve) => {
      endGrace = resolve;
    });
    const { url, intake } = await start({
      writeKeys: ["key"],
      clock: { ...systemClock, sleep: () => grace },
    });
    const get = async (path: string, method = "GET"): Promise<number> => {
      const response = await fetch(new URL(path, url), { method });
      await response.arrayBuffer();
      return response.status;
    };
    expect([
      await get("/healthz"),
      await get("/readyz"),
      await get("/"),
      await get("/readyz", "POST"),
    ]).toEqual([200, 200, 404, 405]);
    const closed = intake.close();
    expect([await get("/healthz"), await get("/readyz")]).toEqual([200, 503]);
    expect((await post(url, eventText(1), { authorization: "Bearer key" })).status).toBe(202);
    endGrace();
    expect(await closed).toMatchObject({ recorded: 1, pending: 0 });
    expect(intake.close()).toBe(intake.close());
  });
});

describe("storedIds", () => {
  it("gives the newest ids, as many as there is room for", async () => {
    const { url } = await start();
    await post(url, [1, 2, 3].map((id) => eventText(id)).join("\n"));
    const ids: string[] = [];
    for await (const id of storedIds(directory.path, 10)) ids.push(id);
    expect(ids.toSorted()).toEqual(["id-1", "id-2", "id-3"]);
    let count = 0;
    for await (const _ of storedIds(directory.path, 2)) count++;
    expect(count).toBe(2);
  });
});
