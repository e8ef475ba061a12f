/** The contract of a Kafka driver over kafkajs, plain and idempotent, against a real Kafka. */
import { kafkajsDriver } from "@activity/sink-kafka";
import type { KafkaUnderTest } from "@activity/sink-kafka/testing";
import { describeKafkaDriverContract } from "@activity/sink-kafka/testing";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { KafkaBroker } from "../support/kafka-broker.ts";
import { startKafka } from "../support/kafka-broker.ts";
import { patientMs } from "./kafka-trial.ts";

const timeoutMs = 240_000;
let broker: KafkaBroker;

beforeAll(async () => {
  broker = await startKafka();
}, timeoutMs);
afterAll(() => broker?.stop());

for (const idempotent of [false, true]) {
  describeKafkaDriverContract({
    name: `kafkajsDriver, ${idempotent ? "idempotent" : "plain"}`,
    kit: { describe, expect, it: (name, body) => it(name, body, timeoutMs) },
    kafka: () => kafka,
    create: () => kafkajsDriver({ brokers: broker.brokers, requestTimeoutMs: 1_500, idempotent }),
    answerMs: 20_000,
    patientMs,
  });
}

const kafka: KafkaUnderTest = {
  createTopic: (name, partitions, settings) => broker.createTopic(name, partitions, settings),
  readTopic: (name) => broker.readTopic(name),
  stop: () => broker.kill("SIGKILL"),
  start: () => broker.restart(),
  freeze: () => broker.kill("SIGSTOP"),
  thaw: () => broker.kill("SIGCONT"),
};
