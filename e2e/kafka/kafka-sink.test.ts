/** The Kafka sink against a real Kafka: what arrives and in which order. What happens when something is wrong: e2e/failures. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { KafkaBroker } from "../support/kafka-broker.ts";
import { startKafka } from "../support/kafka-broker.ts";
import { compareIds, eventOf, eventsOf, idsOf, patientMs, quickSink } from "./kafka-trial.ts";
import { hostProgram, readmeSample, runProgram } from "./run-program.ts";

const timeoutMs = 240_000;
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
    expect(await sink.close({ timeoutMs: patientMs })).toMatchObject({
      delivered: 5_000,
      pending: 0,
      dropped: 0,
      repeats: 0,
    });
    const records = await broker.readTopic("plain");
    expect(records.map(({ value }) => value).toSorted()).toEqual(events.map(({ text }) => text).toSorted());
    expect(new Set(records.map(({ partition }) => partition))).toEqual(new Set([0, 1, 2]));
    expect(records.every(({ key, headers }) => key === null && Object.keys(headers).length === 0)).toBe(true);
    expect(records.every(({ timestampMs }) => timestampMs >= before && timestampMs <= Date.now())).toBe(true);
  });

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
    await sink.close({ timeoutMs: patientMs });
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
    await sink.close({ timeoutMs: patientMs });
    const numbers = async (topic: string): Promise<readonly number[]> =>
      idsOf(await broker.readTopic(topic)).map((id) => Number(id.split(".")[1]) % 2);
    expect([await numbers("money"), await numbers("others")]).toEqual([Array(10).fill(1), Array(10).fill(0)]);
  });
});

describe("an event that is refused for good", () => {
  const options = { topic: "narrow-too", onProblem: () => undefined, announceDrops: false } as const;
  const large = (n: number) => eventOf(n, { noise: randomBytes(12_000).toString("base64") });

  it("goes to the topic of dead letters, with its reason, and its neighbours arrive", async () => {
    await broker.createTopic("narrow-too", 3, { "max.message.bytes": "10000" });
    await broker.createTopic("dead", 2);
    const sink = quickSink(broker, { ...options, deadLetters: "dead", keyBy: "event_id" });
    const refused = [large(7), large(400)];
    const good = [...eventsOf(1, 6), ...eventsOf(8, 399), ...eventsOf(401, 500)];
    for (const event of [...good, ...refused]) sink.record(event);
    await sink.close({ timeoutMs: patientMs });
    expect(sink.stats()).toMatchObject({ delivered: 498, rejected: 2, pending: 0, deadLetters: 2 });
    const letters = await broker.readTopic("dead");
    expect(letters.map(({ value }) => value).toSorted()).toEqual(refused.map(({ text }) => text).toSorted());
    expect(letters.map(({ key }) => key).toSorted()).toEqual(["trial.400", "trial.7"]);
    expect(letters.map(({ headers }) => headers)).toEqual(
      Array(2).fill({
        activity_topic: "narrow-too",
        activity_reason: "too_large",
        activity_detail: "the topic takes no event of this size",
      }),
    );
    const records = await broker.readTopic("narrow-too");
    expect(
      compareIds(
        good.map((event) => event.event_id),
        records,
      ),
    ).toEqual({ missing: [], foreign: [] });
  });

  it("goes to a function, and counts as lost where there is nobody", async () => {
    const letters: string[] = [];
    const told = quickSink(broker, { ...options, deadLetters: ({ text }) => void letters.push(text) });
    const event = large(1);
    expect(await told.write([event])).toMatchObject({ except: [{ index: 0, was: "rejected" }] });
    await told.close();
    expect(told.stats()).toMatchObject({ rejected: 1, deadLetters: 1 });
    expect(letters).toEqual([event.text]);
    const lost = quickSink(broker, { ...options, deadLetters: "nowhere" });
    expect(await lost.write([event, eventOf(2)])).toMatchObject({
      except: [
        { index: 0, was: "rejected", reason: { detail: expect.stringContaining("nowhere did not take it") } },
      ],
    });
    await lost.close();
    expect(lost.stats()).toMatchObject({ delivered: 1, rejected: 1, deadLettersLost: 1 });
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
