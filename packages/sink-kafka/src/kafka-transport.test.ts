import { systemClock } from "@activity/core";
import { describe, expect, it } from "@jest/globals";
import { batchOf, eventOf } from "../test/batch-of.ts";
import { fakeKafkaDriver } from "../test/fake-kafka-driver.ts";
import type { KafkaFailureKind } from "./kafka-driver.ts";
import { kafkaTransport } from "./kafka-transport.ts";
import type { KafkaHeaders } from "./to-records.ts";

const calm = new AbortController().signal;
const events = [eventOf(1), eventOf(2, { text: "é漢字😀" }), eventOf(3)];
const texts = events.map(({ text }) => text);

describe("kafkaTransport", () => {
  it("carries at most 400 events or 900 KB, five at a time, and one a lane where keys have an order", () => {
    const limits = { maxEvents: 400, maxBytes: 900_000, inFlight: 5, perLane: 5 };
    expect(kafkaTransport(fakeKafkaDriver(), { topic: "events" }).limits).toEqual(limits);
    const keyed = kafkaTransport(fakeKafkaDriver(), { topic: "events", keyBy: "event_id" });
    expect(keyed.limits).toEqual({ ...limits, perLane: 1 });
    const slow = kafkaTransport({ ...fakeKafkaDriver(), inFlight: 2 }, { topic: "events" });
    expect(slow.limits).toEqual({ ...limits, inFlight: 2, perLane: 2 });
  });

  it("writes a batch to one partition of one topic, in order", async () => {
    const driver = fakeKafkaDriver();
    const transport = kafkaTransport(driver, { topic: "events" });
    expect(await transport.send(batchOf(events), calm)).toEqual({ kind: "delivered" });
    expect(driver.produced).toHaveLength(1);
    expect(driver.produced[0]).toMatchObject({ topic: "events", values: texts, keys: [null, null, null] });
  });

  it("keys the records", async () => {
    const driver = fakeKafkaDriver();
    await kafkaTransport(driver, { topic: "events", keyBy: "event_id" }).send(batchOf(events), calm);
    expect(driver.produced[0]?.keys).toEqual(["test.1", "test.2", "test.3"]);
  });

  it("keys by the id so that repeats meet, without an order to keep", async () => {
    const driver = fakeKafkaDriver();
    const transport = kafkaTransport(driver, { topic: "events", dedupe: "partition" });
    expect(transport.limits.perLane).toBe(5);
    const [first, again] = [eventOf(7), eventOf(7)];
    for (const event of [first, again]) await transport.send(batchOf([event], transport.lane?.(event)), calm);
    expect(driver.produced.map(({ keys }) => keys)).toEqual([["test.7"], ["test.7"]]);
    expect(new Set(driver.produced.map(({ partition }) => partition)).size).toBe(1);
  });

  it.each([
    [{ dedupe: "partition", keyBy: "event_name" }, /dedupe is set beside keyBy/],
    [{ dedupe: "topic" }, /dedupe is topic; "partition"/],
  ])("refuses %p", (options, message) => {
    const make = () => kafkaTransport(fakeKafkaDriver(), { topic: "events", ...options } as never);
    expect(make).toThrow(message);
  });

  it("gives records the headers that they are told, and none where that fails", async () => {
    const headersOf = async (headers: KafkaHeaders | undefined) => {
      const driver = fakeKafkaDriver();
      await kafkaTransport(driver, { topic: "events", headers, keyBy: "event_name" }).send(
        batchOf([eventOf(3)]),
        calm,
      );
      expect(driver.produced[0]?.keys).toEqual(["login_start"]);
      return driver.produced[0]?.headers;
    };
    expect(await headersOf(undefined)).toEqual([undefined]);
    expect(await headersOf(({ event_type }) => ({ type: event_type, n: 7 }) as never)).toEqual([
      { type: "behavioral" },
    ]);
    expect(await headersOf(() => undefined)).toEqual([{}]);
    const fails = (): never => {
      throw new Error("no");
    };
    expect(await headersOf(fails)).toEqual([{}]);
  });

  it("sends lanes to the topic that they were chosen for", async () => {
    const driver = fakeKafkaDriver();
    const transport = kafkaTransport(driver, { topic: { default: "events", billing: "money" } });
    const billing = eventOf(1, {}, "billing");
    await transport.send(batchOf([billing], transport.lane?.(billing)), calm);
    await transport.send(batchOf([eventOf(2)], transport.lane?.(eventOf(2))), calm);
    expect(driver.produced.map(({ topic }) => topic)).toEqual(["money", "events"]);
  });

  it("uses every partition where there are lanes enough", async () => {
    const driver = fakeKafkaDriver();
    const transport = kafkaTransport(driver, { topic: "events" });
    for (let lane = 0; lane < 24; lane++) await transport.send(batchOf(events, lane), calm);
    const shares = driver.known.map(
      (id) => driver.produced.filter(({ partition }) => partition === id).length,
    );
    expect(shares).toEqual([8, 8, 8]);
  });

  it("puts a key where Kafka's Java client would, when lanes are a multiple of the partitions", async () => {
    const driver = fakeKafkaDriver();
    const clock = { ...systemClock, random: () => 0.5 }; // Would move it, if chance had a say.
    const transport = kafkaTransport(driver, { topic: "events", keyBy: () => "foobar", clock });
    await transport.send(batchOf(events, transport.lane?.(eventOf(1))), calm);
    expect(driver.produced[0]?.partition).toBe((-790332482 & 0x7fff_ffff) % 3);
  });

  it("begins at different partitions in different processes", async () => {
    const first = async (random: number): Promise<number | undefined> => {
      const driver = fakeKafkaDriver();
      const clock = { ...systemClock, random: () => random };
      await kafkaTransport(driver, { topic: "events", clock }).send(batchOf(events), calm);
      return driver.produced[0]?.partition;
    };
    expect(await Promise.all([0, 1 / 65_536, 2 / 65_536].map(first))).toEqual([0, 1, 2]);
  });
});

describe("a batch of kafkaTransport", () => {
  it("keeps its partition through retries, also when there are more partitions meanwhile", async () => {
    const driver = fakeKafkaDriver();
    const transport = kafkaTransport(driver, { topic: "events", keyBy: "event_id" });
    const batch = batchOf(events, 2);
    driver.fail("produce", "unavailable");
    await transport.send(batch, calm);
    expect(batch.binding).toBe(2);
    driver.fail("produce", undefined);
    driver.known = [0, 1, 2, 3];
    await transport.send({ ...batch, lane: 3, binding: batch.binding }, calm);
    expect(driver.produced[0]?.partition).toBe(2);
  });

  it("is bound anew when its partition is gone", async () => {
    const driver = fakeKafkaDriver();
    const transport = kafkaTransport(driver, { topic: "events", keyBy: "event_id" });
    const batch = batchOf(events, 2);
    driver.fail("produce", "unknown_topic");
    await transport.send(batch, calm);
    driver.fail("produce", undefined);
    driver.known = [0];
    expect(await transport.send(batch, calm)).toEqual({ kind: "delivered" });
    expect(driver.produced[0]?.partition).toBe(0);
  });

  const wrong = [
    ["nothing", () => []],
    ["another topic", () => [{ topic: "other", partition: 0 }]],
    ["another partition", () => [{ topic: "events", partition: 1 }]],
  ] as const;
  it.each(wrong)("is not confirmed by an acknowledgement of %s", async (_, acknowledge) => {
    const driver = fakeKafkaDriver();
    driver.known = [0];
    driver.acknowledge = acknowledge;
    const verdict = await kafkaTransport(driver, { topic: "events" }).send(batchOf(events), calm);
    expect(verdict).toMatchObject({ kind: "retry", reason: { code: "unconfirmed" } });
  });

  it("is unharmed by what happens to the outbox's bytes after an abort", async () => {
    const driver = fakeKafkaDriver();
    const transport = kafkaTransport(driver, { topic: "events" });
    const stop = new AbortController();
    const batch = batchOf(events);
    driver.hold();
    const sending = transport.send(batch, stop.signal);
    while (driver.calls.produce === 0) await Promise.resolve();
    stop.abort();
    expect(await sending).toEqual({ kind: "retry", reason: { code: "aborted" } });
    batch.bytes.fill(0);
    driver.release();
    while (driver.produced.length === 0) await Promise.resolve();
    expect(driver.produced[0]?.values).toEqual(texts);
  });

  it("is not written when the abort came while connecting", async () => {
    const driver = fakeKafkaDriver();
    const transport = kafkaTransport(driver, { topic: "events" });
    const stop = new AbortController();
    const sending = transport.send(batchOf(events), stop.signal);
    stop.abort();
    expect((await sending).kind).toBe("retry");
    await transport.send(batchOf(events, 1), calm);
    expect(driver.calls).toMatchObject({ connect: 2, produce: 1 });
  });

  it("asks for the partitions again when one was not confirmed", async () => {
    const driver = fakeKafkaDriver();
    const transport = kafkaTransport(driver, { topic: "events" });
    driver.acknowledge = () => [];
    await transport.send(batchOf(events), calm);
    await transport.send(batchOf(events), calm);
    expect(driver.calls.partitions).toBe(2);
  });

  it("does not begin after an abort", async () => {
    const driver = fakeKafkaDriver();
    const verdict = await kafkaTransport(driver, { topic: "events" }).send(
      batchOf(events),
      AbortSignal.abort(),
    );
    expect([verdict.kind, driver.calls.connect]).toEqual(["retry", 0]);
  });
});

describe("a failure of kafkaTransport", () => {
  const steps = ["connect", "partitions", "produce"] as const;
  const kinds: readonly KafkaFailureKind[] = [
    "unavailable",
    "partition",
    "unknown_topic",
    "credentials",
    "closed",
  ];
  it.each(steps.flatMap((step) => kinds.map((kind) => [step, kind] as const)))(
    "of %s, %s, is a retry that names its reason, and is over when it is over",
    async (step, kind) => {
      const driver = fakeKafkaDriver();
      const transport = kafkaTransport(driver, { topic: "events" });
      const batch = batchOf(events);
      driver.fail(step, kind);
      expect(await transport.send(batch, calm)).toMatchObject({ kind: "retry", reason: { code: kind } });
      driver.fail(step, undefined);
      expect(await transport.send(batch, calm)).toEqual({ kind: "delivered" });
    },
  );

  it("of size asks for halves", async () => {
    const driver = fakeKafkaDriver();
    driver.fail("produce", "too_large");
    const verdict = await kafkaTransport(driver, { topic: "events" }).send(batchOf(events), calm);
    expect(verdict).toEqual({ kind: "split" });
  });

  it("to have partitions is a retry", async () => {
    const driver = fakeKafkaDriver();
    const transport = kafkaTransport(driver, { topic: "events" });
    driver.known = [];
    expect(await transport.send(batchOf(events), calm)).toMatchObject({ reason: { code: "no_partition" } });
    driver.known = [0];
    expect(await transport.send(batchOf(events), calm)).toEqual({ kind: "delivered" });
  });
});

describe("what kafkaTransport knows of partitions", () => {
  it("is asked for once by all who wait, and again after five minutes", async () => {
    const driver = fakeKafkaDriver();
    let now = 0;
    const transport = kafkaTransport(driver, {
      topic: "events",
      clock: { ...systemClock, monotonic: () => now },
    });
    await Promise.all([0, 1, 2].map((lane) => transport.send(batchOf(events, lane), calm)));
    now = 299_999;
    await transport.send(batchOf(events), calm);
    expect(driver.calls.partitions).toBe(1);
    now = 300_000;
    await transport.send(batchOf(events), calm);
    expect(driver.calls.partitions).toBe(2);
  });

  it("stays when Kafka does not answer", async () => {
    const driver = fakeKafkaDriver();
    let now = 0;
    const transport = kafkaTransport(driver, {
      topic: "events",
      clock: { ...systemClock, monotonic: () => now },
    });
    await transport.send(batchOf(events), calm);
    driver.fail("partitions", "unavailable");
    now = 300_000;
    expect(await transport.send(batchOf(events), calm)).toEqual({ kind: "delivered" });
  });
});
