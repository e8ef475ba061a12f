/** The contract over an honest driver, and over drivers with one fault each, run by a kit of a few lines. */
import { isDeepStrictEqual } from "node:util";
import type { TestKit } from "@activity/core/testing";
import { describe, expect, it } from "@jest/globals";
import type { MemoryKafka } from "../../test/memory-kafka.ts";
import { memoryKafka } from "../../test/memory-kafka.ts";
import type { KafkaDriver, KafkaRecord } from "../kafka-driver.ts";
import { describeKafkaDriverContract } from "./kafka-driver-contract.ts";

describeKafkaDriverContract({ name: "an honest driver", kit: { describe, expect, it }, ...honest() });

function honest(): { kafka(): MemoryKafka; create(): KafkaDriver } {
  const kafka = memoryKafka();
  return { kafka: () => kafka, create: () => kafka.driver() };
}

/** The names of the tests that a driver fails. */
async function failures(
  break_: (driver: KafkaDriver, kafka: MemoryKafka) => Partial<KafkaDriver>,
): Promise<string[]> {
  const kafka = memoryKafka();
  const tests: { readonly name: string; readonly body: () => Promise<void> }[] = [];
  const kit: TestKit = {
    describe: (_, body) => body(),
    it: (name, body) => tests.push({ name, body }),
    expect: (actual) => ({
      toBe: (expected) => check(Object.is(actual, expected)),
      toEqual: (expected) => check(isDeepStrictEqual(actual, expected)),
    }),
  };
  describeKafkaDriverContract({
    name: "a driver with a fault",
    kit,
    kafka: () => kafka,
    create: () => {
      const driver = kafka.driver();
      return { ...driver, ...break_(driver, kafka) };
    },
    answerMs: 100,
    patientMs: 100,
  });
  const failed: string[] = [];
  for (const { name, body } of tests) await body().catch(() => failed.push(name));
  return failed;
}

function check(passes: boolean): void {
  if (!passes) throw new Error("not as expected");
}

type Fault = (driver: KafkaDriver, kafka: MemoryKafka) => Partial<KafkaDriver>;

const faults: readonly (readonly [string, string, Fault])[] = [
  [
    "acknowledges every partition",
    "several partitions and topics",
    (driver) => ({
      produce: async (topic, partition, records) => {
        const answer = await driver.produce(topic, partition, records);
        return answer.failure ? answer : { value: [0, 1, 2].map((one) => ({ topic, partition: one })) };
      },
    }),
  ],
  [
    "acknowledges what is not there",
    "a partition that is not there",
    (driver) => ({
      produce: async (topic, partition, records) => {
        const answer = await driver.produce(topic, partition, records);
        return answer.failure?.kind === "partition" ? { value: [{ topic, partition }] } : answer;
      },
    }),
  ],
  [
    "chooses the partition itself",
    "to the one partition",
    (driver) => ({ produce: (topic, _, records) => driver.produce(topic, 0, records) }),
  ],
  [
    "turns records round",
    "in order",
    (driver) => ({
      produce: (topic, partition, records) => driver.produce(topic, partition, records.toReversed()),
    }),
  ],
  [
    "loses headers",
    "keeps bytes, keys and headers",
    (driver) => ({
      produce: (topic, partition, records) =>
        driver.produce(
          topic,
          partition,
          records.map(({ key, value }): KafkaRecord => ({ key, value })),
        ),
    }),
  ],
  [
    "reads its records late",
    "has read the values",
    (driver) => ({
      produce: async (topic, partition, records) => {
        await Promise.resolve();
        return driver.produce(topic, partition, records);
      },
    }),
  ],
  [
    "makes topics",
    "calls a missing topic that",
    (driver, kafka) => ({
      connect: async (topic) => {
        if (!kafka.topics.has(topic)) await kafka.createTopic(topic, 1);
        return driver.connect(topic);
      },
    }),
  ],
  [
    "writes the part that fits",
    "writes none of them",
    (driver) => ({
      produce: async (topic, partition, records) => {
        const answer = await driver.produce(topic, partition, records);
        if (answer.failure?.kind === "too_large")
          await driver.produce(
            topic,
            partition,
            records.filter(({ value }) => value.length < 2_000),
          );
        return answer;
      },
    }),
  ],
  [
    "calls an outage permanent",
    "calls a broker that is down unavailable",
    (driver) => ({
      produce: async (topic, partition, records) => {
        const answer = await driver.produce(topic, partition, records);
        return answer.failure?.kind === "unavailable"
          ? { failure: { kind: "invalid", reason: { code: "down" } } }
          : answer;
      },
    }),
  ],
  [
    "waits for ever",
    "gives up a broker that stands still",
    (driver) => ({
      produce: async (topic, partition, records) => {
        const answer = await driver.produce(topic, partition, records);
        return answer.failure?.kind === "unavailable" ? new Promise(() => undefined) : answer;
      },
    }),
  ],
  ["cannot be closed while it sends", "ends soon", () => ({ close: () => new Promise(() => undefined) })],
  ["works after close", "does nothing after close", () => ({ close: async () => undefined })],
];

describe("describeKafkaDriverContract", () => {
  it.each(faults)("finds a driver that %s", async (_, rule, fault) => {
    expect((await failures(fault)).filter((name) => name.includes(rule))).not.toEqual([]);
  });
});
