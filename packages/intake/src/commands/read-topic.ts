import { ActivityError, createId } from "@activity/core";
import type { Admin, Consumer, EachBatchPayload } from "kafkajs";
import type { KafkaSettings } from "../settings/kafka-settings.ts";

/** Texts that may wait to be read before the consumer is made to wait. */
const maxWaiting = 10_000;

/**
 * Everything in a topic at the time of the call, partition by partition as it comes. It reads with a consumer
 * group of its own, commits nothing and removes the group afterwards.
 *
 * @throws INVALID_OPTION for a topic that is not there; what kafkajs throws.
 */
export async function* readTopic({ brokers, topic, ssl, sasl }: KafkaSettings): AsyncGenerator<string> {
  // Loading it mends timers of kafkajs that make Node warn of them.
  await import("@activity/sink-kafka");
  const { Kafka, logLevel } = (await import("kafkajs")).default;
  const kafka = new Kafka({
    clientId: "activity-intake-audit",
    brokers: [...brokers],
    ssl,
    // kafkajs tells the mechanisms apart by type; ours is one of three with the same members.
    ...(sasl === undefined ? {} : { sasl: { ...sasl, mechanism: sasl.mechanism as "plain" } }),
    logLevel: logLevel.NOTHING,
    // Said here because kafkajs has other defaults under test.
    retry: { retries: 5, initialRetryTime: 200, maxRetryTime: 5_000 },
  });
  const admin = kafka.admin();
  const groupId = `activity-audit-${createId()}`;
  await admin.connect();
  try {
    const ends = await endsOf(admin, topic);
    if (ends.size === 0) return;
    const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
    try {
      yield* consume(consumer, topic, ends);
    } finally {
      await consumer.disconnect();
      await admin.deleteGroups([groupId]).catch(() => undefined); // It holds nothing, and ends by itself.
    }
  } finally {
    await admin.disconnect();
  }
}

/** The last offset of each partition that holds anything. */
async function endsOf(admin: Admin, topic: string): Promise<Map<number, number>> {
  const topics = await admin.listTopics();
  if (!topics.includes(topic)) throw new ActivityError("INVALID_OPTION", `there is no topic ${topic}`);
  const offsets = await admin.fetchTopicOffsets(topic);
  return new Map(
    offsets
      .filter(({ low, high }) => Number(high) > Number(low))
      .map(({ partition, high }) => [partition, Number(high) - 1]),
  );
}

async function* consume(
  consumer: Consumer,
  topic: string,
  open: Map<number, number>,
): AsyncGenerator<string> {
  const waiting: string[] = [];
  let failure: unknown;
  let wake = (): void => undefined;
  let drained = (): void => undefined;
  consumer.on("consumer.crash", ({ payload }) => {
    failure = payload.error;
    wake();
  });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }: EachBatchPayload) => {
      const last = open.get(batch.partition);
      if (last === undefined) return;
      for (const { offset, value } of batch.messages) {
        if (Number(offset) <= last && value !== null) waiting.push(value.toString("utf8"));
      }
      if (Number(batch.lastOffset()) >= last) open.delete(batch.partition);
      wake();
      if (waiting.length < maxWaiting) return;
      await new Promise<void>((resolve) => {
        drained = resolve;
      });
    },
  });
  for (;;) {
    yield* waiting.splice(0);
    drained();
    if (failure !== undefined) throw failure;
    if (waiting.length > 0) continue;
    if (open.size === 0) return;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
}
