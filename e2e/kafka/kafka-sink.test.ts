/** The Kafka sink against a real Kafka: what arrives, in which order, and what happens when something is wrong. */
import { randomBytes } from "node:crypto";
import type { Problem } from "@activity/core";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { KafkaBroker } from "../support/kafka-broker.ts";
import { kafkaUser, startKafka } from "../support/kafka-broker.ts";
import {
  compareIds,
  eventOf,
  eventsOf,
  idsOf,
  openSockets,
  patientMs,
  quickSink,
  until,
} from "./kafka-trial.ts";
import { hostProgram, readmeSample, runProgram } from "./run-program.ts";

const timeoutMs = 60_000;
let broker: KafkaBroker;

beforeAll(async () => {
  broker = await startKafka();
}, timeoutMs);
afterAll(() => broker?.stop());

describe("what a Kafka sink writes", () => {
  it("arrives once, whole, in every partition, without key and headers, at the time of writing", async () => {
    await broker.createTopic("plain", 3);
    const sink = quickSink(broker, { topic: "plain" });
    const events = eventsOf(1, 5_000);
    const before = Date.now();
    for (const event of events) sink.record(event);
    expect(await sink.close()).toMatchObject({ delivered: 5_000, pending: 0, dropped: 0, repeats: 0 });
    const records = await broker.readTopic("plain");
    expect(records.map(({ value }) => value).toSorted()).toEqual(events.map(({ text }) => text).toSorted());
    expect(new Set(records.map(({ partition }) => partition))).toEqual(new Set([0, 1, 2]));
    expect(records.every(({ key, headers }) => key === null && Object.keys(headers).length === 0)).toBe(true);
    expect(records.every(({ timestampMs }) => timestampMs >= before && timestampMs <= Date.now())).toBe(true);
  }, 60_000);

  it.each(["none", "lz4", "zstd"] as const)("can be read with compression %s", async (compression) => {
    await broker.createTopic(`with-${compression}`, 1);
    const sink = quickSink(broker, { topic: `with-${compression}`, compression });
    const events = eventsOf(1, 500);
    expect(await sink.write(events)).toEqual({ state: "done", reached: "delivered" });
    await sink.close();
    expect(idsOf(await broker.readTopic(`with-${compression}`)).toSorted()).toEqual(
      events.map((event) => event.event_id).toSorted(),
    );
  });

  it("keeps the order within a key", async () => {
    await broker.createTopic("keyed", 5);
    const sink = quickSink(broker, { topic: "keyed", keyBy: "user_id" });
    for (let n = 1; n <= 3_000; n++) sink.record(eventOf(n, { user_id: `u-${n % 40}` }));
    await sink.close();
    const all = await broker.readTopic("keyed");
    const keys = new Set(all.map(({ key }) => key));
    expect([all.length, keys.size]).toEqual([3_000, 40]);
    for (const wanted of keys) {
      const records = all.filter(({ key }) => key === wanted);
      const numbers = idsOf(records).map((id) => Number(id.split(".")[1]));
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      expect(new Set(records.map(({ partition }) => partition)).size).toBe(1);
    }
  });

  it("carries the headers that it was told", async () => {
    await broker.createTopic("with-headers", 1);
    const sink = quickSink(broker, {
      topic: "with-headers",
      headers: ({ event_type, n }) => ({ type: event_type, n: `number ${String(n)} – é` }),
    });
    expect(await sink.write([eventOf(1, { n: 1 }), eventOf(2, { n: 2 })])).toMatchObject({ state: "done" });
    await sink.close();
    expect((await broker.readTopic("with-headers")).map(({ headers }) => headers)).toEqual([
      { type: "behavioral", n: "number 1 – é" },
      { type: "behavioral", n: "number 2 – é" },
    ]);
  });

  it("lands beside its repeat when keyed by its id", async () => {
    await broker.createTopic("repeated", 5);
    for (let process = 1; process <= 2; process++) {
      const sink = quickSink(broker, { topic: "repeated", dedupe: "partition" });
      expect(await sink.write(eventsOf(1, 50))).toMatchObject({ state: "done" });
      await sink.close();
    }
    const records = await broker.readTopic("repeated");
    const places = new Set(records.map(({ key, partition }) => `${key} in ${partition}`));
    expect([records.length, places.size]).toEqual([100, 50]);
    expect(new Set(records.map(({ partition }) => partition)).size).toBe(5);
    expect(records.every(({ key }, n) => key === idsOf(records)[n])).toBe(true);
  });

  it("goes to the topic of its type", async () => {
    await broker.createTopic("others", 1);
    await broker.createTopic("money", 1);
    const sink = quickSink(broker, { topic: { default: "others", billing: "money" } });
    for (let n = 1; n <= 20; n++) sink.record(eventOf(n, { type: n % 2 ? "billing" : "log" }));
    await sink.close();
    const numbers = async (topic: string): Promise<readonly number[]> =>
      idsOf(await broker.readTopic(topic)).map((id) => Number(id.split(".")[1]) % 2);
    expect([await numbers("money"), await numbers("others")]).toEqual([Array(10).fill(1), Array(10).fill(0)]);
  });
});

describe("what a Kafka sink cannot write", () => {
  it("waits for its topic to be made, and says so once, while other topics go on", async () => {
    await broker.createTopic("there", 1);
    const problems: Problem[] = [];
    const onProblem = (problem: Problem): void => void problems.push(problem);
    const sink = quickSink(broker, { topic: { default: "there", billing: "late" }, onProblem });
    sink.record(eventOf(1, { type: "billing" }));
    await until(() => problems.length > 0);
    expect(problems[0]).toMatchObject({ code: "paused", reason: { code: "unknown_topic_or_partition" } });
    expect(await sink.write([eventOf(2)])).toEqual({ state: "done", reached: "delivered" });
    await broker.createTopic("late", 3);
    expect(await sink.flush({ timeoutMs: patientMs })).toMatchObject({ delivered: 2, pending: 0 });
    await sink.close();
    expect(idsOf(await broker.readTopic("late"))).toEqual(["trial.1"]);
  });

  it("is rejected alone when it is too large, and its neighbours arrive", async () => {
    await broker.createTopic("narrow", 1, { "max.message.bytes": "10000" });
    const problems: Problem[] = [];
    const onProblem = (problem: Problem): void => void problems.push(problem);
    const sink = quickSink(broker, { topic: "narrow", onProblem, announceDrops: false });
    const large = eventOf(50, { noise: randomBytes(12_000).toString("base64") });
    const outcome = await sink.write([...eventsOf(1, 49), large, ...eventsOf(51, 99)]);
    expect(outcome).toMatchObject({ state: "done", except: [{ index: 49, was: "rejected" }] });
    expect(problems).toMatchObject([{ code: "rejected", count: 1, reason: { code: "too_large" } }]);
    expect(await sink.close()).toMatchObject({ delivered: 98, rejected: 1, pending: 0 });
    const wanted = [...eventsOf(1, 49), ...eventsOf(51, 99)].map((event) => event.event_id);
    expect(compareIds(wanted, await broker.readTopic("narrow"))).toEqual({ missing: [], foreign: [] });
  });

  it("waits while the login is refused, and says so", async () => {
    await broker.createTopic("guarded", 1);
    const problems: Problem[] = [];
    const sasl = { mechanism: "plain", ...kafkaUser } as const;
    const options = { topic: "guarded", brokers: broker.saslBrokers };
    const refused = quickSink(broker, {
      ...options,
      sasl: { ...sasl, password: "wrong" },
      onProblem: (problem) => void problems.push(problem),
    });
    refused.record(eventOf(1));
    await until(() => problems.length > 0);
    expect(problems[0]).toMatchObject({ code: "paused", reason: { code: "sasl_authentication_failed" } });
    expect(JSON.stringify(problems)).not.toContain("wrong");
    expect(await refused.close({ timeoutMs: 200 })).toMatchObject({ delivered: 0, droppedBy: { closed: 1 } });
    const allowed = quickSink(broker, { ...options, sasl });
    expect(await allowed.write([eventOf(2)])).toEqual({ state: "done", reached: "delivered" });
    await allowed.close();
  });
});

describe("a Kafka that fails", () => {
  it("loses nothing that was acknowledged or recorded when it is killed under load", async () => {
    await broker.createTopic("killed", 6);
    const sink = quickSink(broker, { topic: "killed" });
    const acknowledged: string[] = [];
    const writes: Promise<void>[] = [];
    const recorded: string[] = [];
    let n = 0;
    const load = setInterval(() => {
      const written = eventsOf(n + 1, n + 100);
      const later = eventsOf(n + 101, n + 200);
      n += 200;
      for (const event of later) sink.record(event);
      recorded.push(...[...written, ...later].map((event) => event.event_id));
      const write = sink.write(written).then((outcome) => {
        if (outcome.state === "done" && outcome.except === undefined)
          acknowledged.push(...written.map((event) => event.event_id));
      });
      writes.push(write);
    }, 20);
    await until(() => acknowledged.length > 1_000);
    await broker.kill("SIGKILL");
    const beforeRestart = acknowledged.length;
    await broker.restart();
    await until(() => acknowledged.length > beforeRestart);
    clearInterval(load);
    const after = await sink.close({ timeoutMs: patientMs });
    await Promise.all(writes);
    expect(after).toMatchObject({
      recorded: recorded.length,
      delivered: recorded.length,
      dropped: 0,
      pending: 0,
    });
    expect(acknowledged).toHaveLength(recorded.length / 2);
    const records = await broker.readTopic("killed");
    expect(compareIds(recorded, records)).toEqual({ missing: [], foreign: [] });
    expect(records.length - recorded.length).toBeLessThanOrEqual(after.repeats);
  }, 90_000);

  it("keeps the order within a key through retries", async () => {
    await broker.createTopic("keyed-killed", 5);
    const sink = quickSink(broker, { topic: "keyed-killed", keyBy: "user_id", lingerMs: 1 });
    let n = 0;
    const load = setInterval(() => {
      for (let more = 0; more < 60; more++) sink.record(eventOf(++n, { user_id: `u-${n % 20}` }));
    }, 10);
    await until(() => sink.stats().delivered > 2_000);
    await broker.kill("SIGKILL");
    await broker.restart();
    const delivered = sink.stats().delivered;
    await until(() => sink.stats().delivered > delivered + 2_000);
    clearInterval(load);
    expect(await sink.close({ timeoutMs: patientMs })).toMatchObject({
      delivered: n,
      pending: 0,
      dropped: 0,
    });
    const records = await broker.readTopic("keyed-killed");
    for (let user = 0; user < 20; user++) {
      const ids = [...new Set(idsOf(records.filter(({ key }) => key === `u-${user}`)))];
      const numbers = ids.map((id) => Number(id.split(".")[1]));
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
    expect(new Set(idsOf(records)).size).toBe(n);
  }, 90_000);

  it("may be down when the sink starts", async () => {
    await broker.createTopic("morning", 3);
    await broker.kill("SIGKILL");
    const sink = quickSink(broker, { topic: "morning" });
    for (const event of eventsOf(1, 1_000)) sink.record(event);
    expect((await sink.flush({ timeoutMs: 500 })).pending).toBe(1_000);
    await broker.restart();
    expect(await sink.flush({ timeoutMs: patientMs })).toMatchObject({
      delivered: 1_000,
      pending: 0,
    });
    await sink.close();
    const records = await broker.readTopic("morning");
    expect(records).toHaveLength(1_000);
  }, 60_000);

  it("does not keep a close from ending in time, with every event counted and every socket closed", async () => {
    await broker.createTopic("frozen", 1);
    const before = openSockets();
    const sink = quickSink(broker, { topic: "frozen" });
    await sink.write(eventsOf(1, 10));
    await broker.kill("SIGSTOP");
    try {
      for (const event of eventsOf(11, 1_010)) sink.record(event);
      const startedAt = performance.now();
      const closed = await sink.close({ timeoutMs: 500 });
      expect(performance.now() - startedAt).toBeLessThan(750);
      expect(closed).toMatchObject({
        recorded: 1_010,
        delivered: 10,
        pending: 0,
        droppedBy: { closed: 1_000 },
      });
      await until(() => openSockets() === before);
    } finally {
      await broker.kill("SIGCONT");
    }
  });
});

describe("a host of a Kafka sink", () => {
  it("gets no warning from kafkajs, all of its own, and ends by itself after close", async () => {
    await broker.createTopic("hosted", 1);
    const { lines, code } = await runProgram(hostProgram, { brokers: broker.brokers, topic: "hosted" });
    expect(lines).toEqual(["delivered 101", "TimeoutNegativeWarning -7"]);
    expect(code).toBe(0);
  });

  it("can be the sample of the README", async () => {
    await broker.createTopic("events", 3);
    const { code } = await runProgram(readmeSample(), { brokers: broker.brokers });
    const names = (await broker.readTopic("events")).map(
      ({ value }) => (JSON.parse(value) as { readonly event_name: string }).event_name,
    );
    expect([code, names.toSorted()]).toEqual([0, ["data_dir_size_bytes", "login_start", "source_closed"]]);
  });
});
