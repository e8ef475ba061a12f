import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryStore } from "@activity/core";
import type { FakeClock } from "@activity/core/testing";
import { fakeClock } from "@activity/core/testing";
import { describe, expect, it } from "@jest/globals";
import { eventOf } from "../test/batch-of.ts";
import type { KafkaSink, KafkaSinkOptions, Problem, Sink } from "./index.ts";
import { ActivityError, kafkaSink } from "./index.ts";

/** A port where nothing listens. */
async function deadAddress(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
}

async function sinkToNowhere(options: Partial<KafkaSinkOptions> = {}): Promise<KafkaSink> {
  return kafkaSink({ brokers: await deadAddress(), topic: "events", onProblem: () => undefined, ...options });
}

/** Lets fake seconds pass, and enough of real time between them for connections to be refused. */
async function passSeconds(clock: FakeClock, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    await clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

describe("kafkaSink", () => {
  const unusable: readonly (readonly [string, Partial<KafkaSinkOptions>])[] = [
    ["brokers", { brokers: [] }],
    ["brokers", { brokers: "" }],
    ["brokers", { brokers: ["kafka.internal"] }],
    ["brokers", { brokers: "a:9092,http://b:9092" }],
    ["topic", { topic: "" }],
    ["compression", { compression: "snappy" as never }],
    ["lanes", { lanes: 0 }],
    ["lingerMs", { lingerMs: Number.NaN }],
    ["dedupe", { dedupe: "partition", keyBy: "install_id" }],
    ["deadLetters", { deadLetters: "events" }],
    ["spool", { spool: "" }],
    ["spool", { spool: true, store: createMemoryStore() }],
  ];
  it.each(unusable)("refuses unusable %s at once: %p", (name, options) => {
    const make = (): Sink => kafkaSink({ brokers: "127.0.0.1:9092", topic: "events", ...options });
    expect(make).toThrow(ActivityError);
    expect(make).toThrow(new RegExp(`^${name} `));
  });

  it.each<[string, unknown]>([
    ["the argument of kafkaSink is undefined; it must be an object with brokers and topic", undefined],
    [
      "topic is undefined; it must be the name of a topic, or an object of them by event type",
      { topic: undefined },
    ],
    ["brokers is undefined; it must be host:port of one or more brokers", { brokers: undefined }],
    ['kafkaSink has no option "acks"; it has ', { acks: 1 }],
    ['kafkaSink has no option "topics"; did you mean "topic"?', { topics: "events" }],
    ["memory of kafkaSink has no option", { memory: { events: 5 } }],
    ["spool is 4; it must be true or false, or a path", { spool: 4 }],
    ["keyBy is 5; it must be a text that is not empty, or a function", { keyBy: 5 }],
    [
      'sasl.mechanism is "foo"; it must be one of "plain", "scram-sha-256", "scram-sha-512", "oauthbearer"',
      { sasl: { mechanism: "foo", username: "u", password: "hidden" } },
    ],
    [
      "sasl is an object; it must be an object with mechanism, and with username and password or",
      { sasl: { mechanism: "plain", username: "u" } },
    ],
    [
      "sasl.password cannot be used; it must be a text",
      { sasl: { mechanism: "plain", username: "u", password: 123456 } },
    ],
  ])("says what is unusable: %s", (message, options) => {
    const all =
      options === undefined
        ? undefined
        : { brokers: "127.0.0.1:9092", topic: "events", ...(options as object) };
    const make = (): Sink => kafkaSink(all as never);
    expect(make).toThrow(ActivityError);
    expect(make).toThrow(message);
    expect(make).not.toThrow(/hidden|123456/);
  });

  it("takes brokers as a list and separated by commas", async () => {
    for (const brokers of [["a:9092", "b:9092"], "a:9092, b:9092"])
      await kafkaSink({ brokers, topic: "events" }).close();
  });

  it("gives up what waits when it is told to discard", async () => {
    const sink = await sinkToNowhere({ announceDrops: false });
    for (let n = 1; n <= 3; n++) sink.record(eventOf(n));
    sink.discard?.("consent");
    expect(await sink.close({ timeoutMs: 100 })).toMatchObject({ recorded: 3, droppedBy: { consent: 3 } });
  });

  it("starts, records and closes in time while Kafka is down, and counts what was left", async () => {
    const problems: Problem[] = [];
    const sink = await sinkToNowhere({ onProblem: (problem) => problems.push(problem) });
    for (let n = 0; n < 100; n++) sink.record(eventOf(n));
    const before = performance.now();
    const closed = await sink.close({ timeoutMs: 300 });
    expect(performance.now() - before).toBeLessThan(10_000);
    expect(closed).toMatchObject({ recorded: 100, delivered: 0, pending: 0, droppedBy: { closed: 100 } });
    expect(problems.map(({ code, count }) => [code, count])).toContainEqual(["dropped", 100]);
  });

  it("holds no more than it was told to", async () => {
    const sink = await sinkToNowhere({ memory: { maxEvents: 50 }, announceDrops: false });
    for (let n = 0; n < 200; n++) sink.record(eventOf(n));
    expect(sink.stats()).toMatchObject({ recorded: 200, pending: 50, droppedBy: { capacity: 150 } });
    await sink.close({ timeoutMs: 0 });
  });

  it("refuses a write for which only events that others rely on would have to go, and says when to come again", async () => {
    const sink = await sinkToNowhere({ memory: { maxEvents: 50 }, announceDrops: false });
    const stop = new AbortController();
    const first = sink.write(
      Array.from({ length: 40 }, (_, n) => eventOf(n)),
      { signal: stop.signal },
    );
    const second = await sink.write(Array.from({ length: 40 }, (_, n) => eventOf(40 + n)));
    expect(second).toMatchObject({ state: "refused", reason: { code: "capacity" } });
    expect(second).toHaveProperty("retryAfterMs", expect.any(Number));
    expect(sink.stats()).toMatchObject({ recorded: 40, pending: 40, dropped: 0 });
    stop.abort();
    await first;
    await sink.close({ timeoutMs: 0 });
  });

  it("gives up after five minutes what only memory holds", async () => {
    const clock = fakeClock();
    const sink = await sinkToNowhere({ clock, announceDrops: false });
    sink.record(eventOf(1));
    await passSeconds(clock, 299);
    expect(sink.stats()).toMatchObject({ pending: 1, dropped: 0 });
    await passSeconds(clock, 200);
    expect(sink.stats()).toMatchObject({ pending: 0, droppedBy: { expired: 1 } });
    await sink.close();
  });

  it("gives nothing up that a store keeps over the end of the process", async () => {
    const clock = fakeClock();
    const store = Object.defineProperty(createMemoryStore({ clock }), "survives", { value: true });
    const sink = await sinkToNowhere({ clock, store });
    sink.record(eventOf(1));
    await passSeconds(clock, 500);
    expect(sink.stats()).toMatchObject({ pending: 1, dropped: 0 });
    const closing = sink.close();
    await passSeconds(clock, 6);
    expect(await closing).toMatchObject({ handedOver: 1, pending: 0 });
  });

  it("keeps in a spool what a close during an outage leaves, for the next sink of the topic", async () => {
    const spool = mkdtempSync(join(tmpdir(), "activity-kafka-spool-"));
    try {
      const first = await sinkToNowhere({ spool });
      for (let n = 0; n < 900; n++) first.record(eventOf(n));
      expect(await first.close({ timeoutMs: 100 })).toMatchObject({
        handedOver: 900,
        dropped: 0,
        pending: 0,
      });
      const other = await sinkToNowhere({ spool, topic: "others" });
      expect(other.stats()).toMatchObject({ adopted: 0 });
      await other.close({ timeoutMs: 0 });
      const next = await sinkToNowhere({ spool });
      expect(next.stats()).toMatchObject({ adopted: 900, pending: 900 });
      await next.close({ timeoutMs: 0 });
    } finally {
      rmSync(spool, { recursive: true, force: true });
    }
  });

  it("tells when its spool cannot be used, and counts what memory had to keep", async () => {
    const problems: Problem[] = [];
    const sink = await sinkToNowhere({
      spool: "/dev/null/spool",
      onProblem: (problem) => problems.push(problem),
    });
    sink.record(eventOf(1));
    await Promise.resolve();
    expect(problems).toMatchObject([{ code: "store", reason: { code: "no_spool" } }]);
    expect(await sink.close({ timeoutMs: 0 })).toMatchObject({ handedOver: 0, droppedBy: { closed: 1 } });
  });

  it("says how it is", async () => {
    const sink = await sinkToNowhere();
    expect(sink.health()).toEqual({ status: "idle", topics: {}, pending: 0, filled: 0 });
    sink.record(eventOf(1));
    while (sink.health().status === "idle") await sink.flush({ timeoutMs: 200 });
    expect(sink.health()).toMatchObject({
      status: "down",
      topics: { events: { up: false, reason: { code: "unreachable" } } },
      pending: 1,
    });
    expect(sink.stats()).toMatchObject({
      recorded: 1,
      pending: 1,
      sends: { unavailable: expect.any(Number) },
    });
    expect(sink.stats().pendingBytes).toBeGreaterThan(50);
    await sink.close({ timeoutMs: 0 });
    expect(sink.health().status).toBe("closed");
    expect(sink.stats()).toMatchObject({ pending: 0, pendingBytes: 0 });
  });

  it("closes within five seconds unless told otherwise", async () => {
    const clock = fakeClock();
    const sink = await sinkToNowhere({ clock });
    sink.record(eventOf(1));
    let closed = false;
    const closing = sink.close().then(() => {
      closed = true;
    });
    await passSeconds(clock, 4);
    expect(closed).toBe(false);
    await passSeconds(clock, 2);
    expect(closed).toBe(true);
    await closing;
  });

  it("hands its handler of problems on", async () => {
    const sink = await sinkToNowhere();
    const handler = (): void => undefined;
    sink.onProblem = handler;
    expect(sink.onProblem).toBe(handler);
    await sink.close();
  });
});
