/** Paths 1–3: what becomes of events that Kafka does not take: no topic, no login, too large, no codec. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import type { Problem } from "@activity/core";
import { ActivityError } from "@activity/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { compareIds, eventOf, eventsOf, idsOf, patientMs, quickSink, until } from "../kafka/kafka-trial.ts";
import type { KafkaBroker } from "../support/kafka-broker.ts";
import { kafkaUser, startKafka } from "../support/kafka-broker.ts";

const timeoutMs = 240_000;
let broker: KafkaBroker;
let problems: Problem[];
const onProblem = (problem: Problem): void => void problems.push(problem);

beforeAll(async () => {
  broker = await startKafka();
}, timeoutMs);
afterAll(() => broker?.stop());
beforeEach(() => {
  problems = [];
});

describe("a topic that is missing", () => {
  it("is waited for, and told of once, while other topics go on", async () => {
    await broker.createTopic("there", 1);
    const sink = quickSink(broker, { topic: { default: "there", billing: "late" }, onProblem });
    for (let n = 1; n <= 100; n++) sink.record(eventOf(n, { type: "billing" }));
    await until(() => problems.length > 0);
    expect(problems).toMatchObject([{ code: "paused", reason: { code: "unknown_topic_or_partition" } }]);
    expect(problems[0]?.message).toContain("topic late: ");
    expect(await sink.write([eventOf(101)])).toEqual({ state: "done", reached: "delivered" });
    await broker.createTopic("late", 3);
    expect(await sink.flush({ timeoutMs: patientMs })).toMatchObject({ delivered: 101, pending: 0 });
    await sink.close();
    const wanted = eventsOf(1, 100).map(({ event_id }) => event_id);
    expect(compareIds(wanted, await broker.readTopic("late"))).toEqual({ missing: [], foreign: [] });
    expect(idsOf(await broker.readTopic("there"))).toEqual(["trial.101"]);
    expect(problems).toHaveLength(1);
  });
});

describe("what is too large for a topic", () => {
  it("is rejected alone and told of, and its neighbours arrive once", async () => {
    await broker.createTopic("narrow", 1, { "max.message.bytes": "10000" });
    const sink = quickSink(broker, { topic: "narrow", onProblem, announceDrops: false });
    const large = eventOf(50, { noise: noise(12_000) });
    const outcome = await sink.write([...eventsOf(1, 49), large, ...eventsOf(51, 99)]);
    expect(outcome).toMatchObject({ state: "done", except: [{ index: 49, was: "rejected" }] });
    expect(problems).toMatchObject([{ code: "rejected", count: 1, reason: { code: "too_large" } }]);
    expect(await sink.close()).toMatchObject({ delivered: 98, rejected: 1, pending: 0 });
    const wanted = [...eventsOf(1, 49), ...eventsOf(51, 99)].map(({ event_id }) => event_id);
    expect(idsOf(await broker.readTopic("narrow")).toSorted()).toEqual(wanted.toSorted());
  });

  it("together, but not alone, arrives in smaller batches, in order", async () => {
    await broker.createTopic("low", 1, { "max.message.bytes": "50000" });
    const sink = quickSink(broker, { topic: "low", keyBy: "user_id", onProblem });
    const events = Array.from({ length: 3_000 }, (_, index) =>
      eventOf(index + 1, { user_id: "u-1", noise: noise(1_000) }),
    );
    for (const event of events) sink.record(event);
    expect(await sink.close({ timeoutMs: patientMs })).toMatchObject({
      delivered: 3_000,
      rejected: 0,
      dropped: 0,
    });
    expect(idsOf(await broker.readTopic("low"))).toEqual(events.map(({ event_id }) => event_id));
    expect(problems).toEqual([]);
  });
});

describe("a password that is wrong", () => {
  it("is told of once and never shown; events wait, and flow when the broker knows it", async () => {
    await broker.createTopic("guarded", 1);
    const password = "rotated-secret";
    const sink = quickSink(broker, {
      brokers: broker.saslBrokers,
      sasl: { mechanism: "scram-sha-512", username: kafkaUser.username, password },
      topic: "guarded",
      onProblem,
    });
    for (const event of eventsOf(1, 200)) sink.record(event);
    await until(() => problems.length > 0);
    expect(problems).toMatchObject([{ code: "paused", reason: { code: "sasl_authentication_failed" } }]);
    expect(JSON.stringify(problems)).not.toContain(password);
    expect(sink.stats()).toMatchObject({ delivered: 0, pending: 200, dropped: 0 });
    await broker.setScramPassword(kafkaUser.username, password);
    expect(await sink.flush({ timeoutMs: patientMs })).toMatchObject({ delivered: 200, pending: 0 });
    await sink.close();
    expect(idsOf(await broker.readTopic("guarded"))).toHaveLength(200);
    expect(problems).toHaveLength(1);
  });
});

describe("a codec that is missing", () => {
  it.each(["snappy", "brotli", ""])("fails where the sink is made, and says what is allowed: %j", (name) => {
    const make = () => quickSink(broker, { compression: name as "none" }); // What a setting may hold.
    expect(make).toThrow(ActivityError);
    expect(make).toThrow(/compression is .*; one of none, gzip,/);
  });

  it("fails so too where this Node has none of it", async () => {
    const program = `
      import zlib from "node:zlib";
      import { syncBuiltinESMExports } from "node:module";
      delete zlib.zstdCompress;
      syncBuiltinESMExports();
      const { kafkaSink } = await import("@activity/sink-kafka");
      try {
        kafkaSink({ brokers: "127.0.0.1:9", topic: "events", compression: "zstd" });
      } catch (error) {
        console.log(error.code, error.message);
      }`;
    const args = ["--conditions=@activity/source", "--input-type=module", "--eval", program];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname });
    expect(stdout).toMatch(/^INVALID_OPTION compression is zstd, which Node \S+ does not have/);
  });
});

function noise(bytes: number): string {
  return randomBytes(bytes).toString("base64");
}
