/** What tests ask a Kafka for themselves: whether it answers, a topic to be made, all that a topic holds. */
import { setTimeout as sleep } from "node:timers/promises";
import { zstdDecompressSync } from "node:zlib";
import type { Admin, EachBatchPayload, IHeaders, Kafka, KafkaMessage } from "kafkajs";
import kafkajs from "kafkajs";
import { decompressFrame } from "lz4-napi";
import { mendKafkajsTimers } from "../../packages/sink-kafka/src/kafkajs-timers.ts";

/** One record as it lies in the topic. */
export interface KafkaTopicRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since the Unix epoch. */
  readonly timestampMs: number;
}

/** Where a Kafka is asked, and as whom where it asks who is there. */
export interface KafkaAccess {
  readonly brokers: readonly string[];
  readonly login?: { readonly username: string; readonly password: string } | undefined;
}

/** How often a topic is read at most, 100 ms apart, when the broker has just started. */
const maxReads = 300;

const leaderTimeoutMs = 60_000;

interface TopicToCreate {
  readonly name: string;
  readonly partitions: number;
  readonly settings: Readonly<Record<string, string>>;
  /** @defaultValue 1 */
  readonly replicas?: number | undefined;
}

await mendKafkajsTimers();
// kafkajs has no lz4 and no zstd of its own.
kafkajs.CompressionCodecs[kafkajs.CompressionTypes.LZ4] = () => ({
  decompress: (buffer: Buffer) => decompressFrame(buffer),
});
kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD] = () => ({
  decompress: async (buffer: Buffer) => zstdDecompressSync(buffer),
});

/** The id of the cluster behind these addresses, or `undefined` when none answers. */
export async function answeringClusterId(access: KafkaAccess): Promise<string | undefined> {
  try {
    return await withAdmin(access, async (admin) => (await admin.describeCluster()).clusterId);
  } catch {
    return undefined; // Whatever it says: it does not answer yet.
  }
}

export async function createTopic(
  access: KafkaAccess,
  { name, partitions, settings, replicas = 1 }: TopicToCreate,
): Promise<void> {
  const configEntries = Object.entries(settings).map(([key, value]) => ({ name: key, value }));
  const topic = { topic: name, numPartitions: partitions, replicationFactor: replicas, configEntries };
  await withAdmin(access, async (admin) => {
    await admin.createTopics({ topics: [topic], waitForLeaders: false });
    const deadline = performance.now() + leaderTimeoutMs;
    while (!(await hasLeaders(admin, name))) {
      if (performance.now() > deadline) throw new Error(`topic ${name} has no leaders`);
      await sleep(20);
    }
  });
}

/** A broker names the leaders of a new topic a moment before they lead: only a leader answers for its offsets. */
async function hasLeaders(admin: Admin, name: string): Promise<boolean> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [name] });
    if (!topics.every((topic) => topic.partitions.every(({ leader }) => leader >= 0))) return false;
    await admin.fetchTopicOffsets(name);
    return true;
  } catch {
    return false; // It does not know the topic, has not chosen, or the chosen do not lead yet.
  }
}

export async function readTopic(access: KafkaAccess, topic: string): Promise<readonly KafkaTopicRecord[]> {
  for (let attempt = 1; ; attempt++) {
    const records: KafkaTopicRecord[] = [];
    try {
      const ends = await withAdmin(access, (admin) => admin.fetchTopicOffsets(topic));
      const filled = ends.filter(({ low, high }) => Number(high) > Number(low)).map(endOf);
      if (filled.length > 0) await consume(access, { topic, open: new Map(filled), records });
      return records.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
    } catch (error) {
      if (attempt === maxReads || !isPassing(error)) throw error;
      await sleep(100);
    }
  }
}

const passing: readonly unknown[] = [
  // A broker that has just started does not know its groups yet, and kafkajs does not try to join again.
  "GROUP_LOAD_IN_PROGRESS",
  "GROUP_COORDINATOR_NOT_AVAILABLE",
  "NOT_COORDINATOR_FOR_GROUP",
  "KafkaJSGroupCoordinatorNotFound",
  // The leader has died, and those who are left have not noticed.
  "NOT_LEADER_FOR_PARTITION",
  "LEADER_NOT_AVAILABLE",
  "ECONNREFUSED",
];

function isPassing(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  if ("type" in error && passing.includes(error.type)) return true;
  if ("name" in error && passing.includes(error.name)) return true;
  if ("code" in error && passing.includes(error.code)) return true;
  return "cause" in error && isPassing(error.cause);
}

interface Reading {
  readonly topic: string;
  /** Partitions that are not read to their end, with the offset of the last record that is wanted. */
  readonly open: Map<number, number>;
  readonly records: KafkaTopicRecord[];
}

async function consume(access: KafkaAccess, { topic, open, records }: Reading): Promise<void> {
  const consumer = clientOf(access).consumer({
    groupId: `read-${crypto.randomUUID()}`,
    maxWaitTimeInMs: 50,
  });
  let resolve = (): void => undefined;
  let reject = (_cause: unknown): void => undefined;
  const done = new Promise<void>((onRead, onCrash) => {
    resolve = onRead;
    reject = onCrash;
  });
  const eachBatch = async ({ batch }: EachBatchPayload): Promise<void> => {
    const last = open.get(batch.partition);
    if (last === undefined) return;
    for (const message of batch.messages) {
      if (Number(message.offset) <= last) records.push(toRecord(batch.partition, message));
    }
    if (Number(batch.lastOffset()) < last) return;
    open.delete(batch.partition);
    if (open.size === 0) resolve();
  };
  consumer.on("consumer.crash", ({ payload }) => reject(payload.error));
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatch });
    await done;
  } finally {
    await consumer.disconnect();
  }
}

function endOf({ partition, high }: { readonly partition: number; readonly high: string }): [number, number] {
  return [partition, Number(high) - 1];
}

function toRecord(partition: number, message: KafkaMessage): KafkaTopicRecord {
  return {
    partition,
    offset: Number(message.offset),
    key: message.key === null ? null : message.key.toString(),
    value: message.value?.toString() ?? "",
    headers: textHeaders(message.headers ?? {}),
    timestampMs: Number(message.timestamp),
  };
}

function textHeaders(headers: IHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

async function withAdmin<T>(access: KafkaAccess, use: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = clientOf(access).admin();
  try {
    await admin.connect();
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

function clientOf({ brokers, login }: KafkaAccess): Kafka {
  return new kafkajs.Kafka({
    brokers: [...brokers],
    clientId: "activity-e2e",
    ...(login === undefined ? {} : { sasl: { mechanism: "plain", ...login } }),
    connectionTimeout: 2_000,
    requestTimeout: 10_000,
    logCreator: () => () => undefined,
    retry: { retries: 2, initialRetryTime: 50, maxRetryTime: 500, factor: 0.2, multiplier: 2 },
  });
}
