/** Paths 1–3: what becomes of events when the broker dies, stands still, or is cut off. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Problem } from "@activity/core";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  compareIds,
  eventsOf,
  idsOf,
  openSockets,
  patientMs,
  quickSink,
  until,
} from "../kafka/kafka-trial.ts";
import type { KafkaBroker, KafkaTopicRecord } from "../support/kafka-broker.ts";
import { startKafka } from "../support/kafka-broker.ts";
import { removeFolder } from "../support/remove-folder.ts";
import type { TcpRelay } from "../support/tcp-relay.ts";
import { startTcpRelay } from "../support/tcp-relay.ts";
import { startLoad } from "./support/load.ts";

const timeoutMs = 240_000;
/** What a close may take beyond its own bound, on a machine that has other things to do. */
const slackMs = 10_000;
let relay: TcpRelay;
let broker: KafkaBroker;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "activity-failures-"));
  relay = await startTcpRelay();
  broker = await startKafka({ relay, start: false });
}, timeoutMs);
afterAll(async () => {
  await broker?.stop();
  await relay?.close();
  removeFolder(folder);
});

/** Expects each id in the topic, and none twice unless it was repeated by a sink that says so. */
function expectAll(ids: readonly string[], records: readonly KafkaTopicRecord[], repeats: number): void {
  expect(compareIds(ids, records)).toEqual({ missing: [], foreign: [] });
  expect(records.length - ids.length).toBeLessThanOrEqual(repeats);
}

describe("a Kafka broker that is down", () => {
  it(
    "may be down when the service starts: what it records then arrives when the broker is up",
    async () => {
      const sink = quickSink(broker, { topic: "morning" });
      const events = eventsOf(1, 1_000);
      for (const event of events) sink.record(event);
      expect((await sink.flush({ timeoutMs: 500 })).pending).toBe(1_000);
      await broker.restart();
      await broker.createTopic("morning", 3);
      // What a broker refuses that does not know its new topic yet was on the wire, and is no record.
      expect(await sink.flush({ timeoutMs: patientMs })).toMatchObject({ delivered: 1_000, pending: 0 });
      await sink.close();
      expectAll(
        events.map(({ event_id }) => event_id),
        await broker.readTopic("morning"),
        0,
      );
    },
    timeoutMs,
  );
});

/** Where the test above was left out. */
const startWhereDown = async (): Promise<void> => {
  if (broker.pid === 0) await broker.restart();
};

describe("a Kafka broker that dies", () => {
  beforeAll(startWhereDown, timeoutMs);

  it(
    "loses nothing when it is killed under load and comes back, and the order within a key stays",
    async () => {
      await broker.createTopic("killed", 6);
      // Few lanes, and a broker that hangs before it dies: everything that may be under way is under way.
      const sink = quickSink(broker, { topic: "killed", keyBy: "user_id", lanes: 2 });
      const load = startLoad(sink, { users: 30 });
      await until(() => load.acknowledged.length > 1_000);
      await broker.kill("SIGSTOP");
      await new Promise((resolve) => setTimeout(resolve, 500));
      await broker.kill("SIGKILL");
      const before = load.acknowledged.length;
      await broker.restart();
      await until(() => load.acknowledged.length > before + 500);
      const recorded = await load.stop();
      const closed = await sink.close({ timeoutMs: patientMs });
      await load.settled();
      expect(closed).toMatchObject({ delivered: recorded.length, pending: 0, dropped: 0, rejected: 0 });
      expect(load.acknowledged).toHaveLength(recorded.length / 2);
      const records = await broker.readTopic("killed");
      expectAll(recorded, records, closed.repeats);
      expect(outOfOrder(records)).toEqual([]);
    },
    timeoutMs,
  );
});

describe("a Kafka broker that stands still", () => {
  beforeAll(startWhereDown, timeoutMs);

  it(
    "delays events and loses none",
    async () => {
      await broker.createTopic("still", 3);
      const sink = quickSink(broker, { topic: "still", requestTimeoutMs: 1_000 });
      const load = startLoad(sink);
      await until(() => load.acknowledged.length > 500);
      await broker.kill("SIGSTOP");
      const before = load.acknowledged.length;
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      await broker.kill("SIGCONT");
      await until(() => load.acknowledged.length > before + 500);
      const recorded = await load.stop();
      const closed = await sink.close({ timeoutMs: patientMs });
      expect(closed).toMatchObject({ delivered: recorded.length, pending: 0, dropped: 0, rejected: 0 });
      expectAll(recorded, await broker.readTopic("still"), closed.repeats);
    },
    timeoutMs,
  );

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
      expect(performance.now() - startedAt).toBeLessThan(500 + slackMs);
      expect(closed).toMatchObject({ recorded: 1_010, delivered: 10, droppedBy: { closed: 1_000 } });
      relay.cut();
      await until(() => openSockets() <= before);
    } finally {
      await broker.kill("SIGCONT");
    }
  });

  it("that never says a word leaks no connection, no password and no time", async () => {
    const mute = await startTcpRelay();
    const problems: Problem[] = [];
    const sink = quickSink(broker, {
      brokers: [mute.address],
      sasl: { mechanism: "scram-sha-512", username: "app", password: "app-secret" },
      requestTimeoutMs: 300,
      onProblem: (problem) => void problems.push(problem),
    });
    for (const event of eventsOf(1, 100)) sink.record(event);
    await until(() => mute.taken >= 2);
    const startedAt = performance.now();
    const closed = await sink.close({ timeoutMs: 1_000 });
    expect(performance.now() - startedAt).toBeLessThan(1_000 + slackMs);
    expect(closed).toMatchObject({ recorded: 100, droppedBy: { closed: 100 } });
    expect(mute.taken).toBeLessThan(40);
    expect(JSON.stringify(problems)).not.toContain("app-secret");
    await mute.close();
  });
});

describe("a connection to Kafka that breaks", () => {
  beforeAll(startWhereDown, timeoutMs);

  it(
    "during a flush costs no event, however often it breaks",
    async () => {
      await broker.createTopic("cut", 3);
      const sink = quickSink(broker, { topic: "cut" });
      const events = eventsOf(1, 20_000);
      for (const event of events) sink.record(event);
      const flushed = sink.flush({ timeoutMs: patientMs });
      for (let cuts = 0; cuts < 5; cuts++) {
        const { delivered } = sink.stats();
        await until(() => sink.stats().delivered > delivered || sink.stats().delivered === events.length);
        relay.cut();
      }
      expect(await flushed).toMatchObject({ delivered: events.length, pending: 0, dropped: 0 });
      const { repeats } = await sink.close();
      expectAll(
        events.map(({ event_id }) => event_id),
        await broker.readTopic("cut"),
        repeats,
      );
    },
    timeoutMs,
  );

  it(
    "before the answer leads to a repeat under the old id",
    async () => {
      await broker.createTopic("answers", 1);
      const sink = quickSink(broker, { topic: "answers" });
      await sink.write(eventsOf(1, 1));
      relay.withholdAnswers(true);
      for (const event of eventsOf(2, 300)) sink.record(event);
      await until(async () => (await sink.flush({ timeoutMs: 100 })).pending === 299);
      // The broker writes; nobody hears of it.
      await until(async () => (await broker.readTopic("answers")).length === 300);
      relay.withholdAnswers(false);
      relay.cut();
      expect(await sink.flush({ timeoutMs: patientMs })).toMatchObject({ delivered: 300, pending: 0 });
      const { repeats } = await sink.close();
      const records = await broker.readTopic("answers");
      expectAll(
        eventsOf(1, 300).map(({ event_id }) => event_id),
        records,
        repeats,
      );
      expect([repeats, records.length]).toEqual([299, 599]);
    },
    timeoutMs,
  );
});

describe("a service that ends while Kafka is away", () => {
  beforeAll(startWhereDown, timeoutMs);

  it(
    "counts and tells what it gives up without a spool, and leaves it to the next start with one",
    async () => {
      const problems: Problem[] = [];
      const onProblem = (problem: Problem): void => void problems.push(problem);
      await broker.createTopic("closed", 3);
      await broker.createTopic("kept", 3);
      const plain = quickSink(broker, { topic: "closed", onProblem });
      const spooled = quickSink(broker, { topic: "kept", onProblem, spool: folder });
      const sinks = [plain, spooled];
      await Promise.all(sinks.map((sink) => sink.write(eventsOf(1, 100))));
      await broker.kill("SIGKILL");
      for (const sink of sinks) for (const event of eventsOf(101, 1_100)) sink.record(event);
      const startedAt = performance.now();
      const [given, kept] = await Promise.all(sinks.map((sink) => sink.close({ timeoutMs: 1_000 })));
      expect(performance.now() - startedAt).toBeLessThan(1_000 + slackMs);
      expect(given).toMatchObject({
        delivered: 100,
        handedOver: 0,
        pending: 0,
        droppedBy: { closed: 1_000 },
      });
      expect(kept).toMatchObject({ delivered: 100, handedOver: 1_000, pending: 0, dropped: 0 });
      expect(problems).toMatchObject([{ code: "dropped", count: 1_000, reason: { code: "closed" } }]);

      await broker.restart();
      const next = quickSink(broker, { topic: "kept", spool: folder });
      await until(() => next.stats().delivered === 1_000);
      expect(await next.close()).toMatchObject({ adopted: 1_000, delivered: 1_000, pending: 0, dropped: 0 });
      expectAll(
        eventsOf(1, 1_100).map(({ event_id }) => event_id),
        await broker.readTopic("kept"),
        0,
      );
    },
    timeoutMs,
  );
});

/** Ids of records that first appear after a later one of their key. */
function outOfOrder(records: readonly KafkaTopicRecord[]): readonly string[] {
  const ids = idsOf(records);
  const seen = new Set<string>();
  const latest = new Map<string | null, number>();
  return ids.filter((id, index) => {
    if (seen.has(id)) return false;
    seen.add(id);
    const key = records[index]?.key ?? null;
    const n = Number(id.split(".")[1]);
    const before = latest.get(key) ?? 0;
    latest.set(key, Math.max(n, before));
    return n < before;
  });
}
