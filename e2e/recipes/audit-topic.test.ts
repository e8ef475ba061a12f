/** The program of docs/operations.md that audits a topic, as it stands there, over a real Kafka. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createClient, kafkaSink } from "@activity/sink-kafka";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { transform } from "esbuild";
import kafkajs from "kafkajs";
import { killAll, startComponent } from "../support/component.ts";
import type { KafkaBroker } from "../support/kafka-broker.ts";
import { startKafka } from "../support/kafka-broker.ts";

const timeoutMs = 240_000;
const operations = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");
/** Below our packages, and no file of the repository: others list and copy those meanwhile. */
const cache = fileURLToPath(new URL("../.cache/", import.meta.url));
let folder: string;
let broker: KafkaBroker;

beforeAll(async () => {
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(join(cache, "audit-"));
  const sample = /```ts audit-topic\n([\s\S]*?)```/.exec(operations)?.[1] ?? "";
  const { code } = await transform(sample, { loader: "ts" });
  writeFileSync(join(folder, "audit.mjs"), code);
  broker = await startKafka();
}, timeoutMs);
afterAll(async () => {
  killAll();
  await broker?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function auditOf(topic: string): Promise<object> {
  const program = startComponent({
    name: "audit",
    file: pathToFileURL(join(folder, "audit.mjs")),
    environment: { KAFKA_BROKERS: broker.brokers.join(","), KAFKA_TOPIC: topic },
  });
  const [sums] = await program.line(/^\{"events":.*\}$/);
  expect(await program.ended).toBe(0);
  return JSON.parse(sums) as object;
}

it(
  "accounts for what a topic holds, and counts what is no event",
  async () => {
    await broker.createTopic("events", 3);
    const sink = kafkaSink({ brokers: broker.brokers, topic: "events", keyBy: "event_id" });
    const activity = createClient({ sink });
    for (let n = 1; n <= 50; n++) activity.track("page_view", { n });
    expect(await activity.close({ timeoutMs: 60_000 })).toMatchObject({ delivered: 51 });
    // A broker that has just started knows no groups yet; this waits until it does.
    expect(await broker.readTopic("events")).toHaveLength(51);
    const clean = { events: 51, damaged: 0, duplicated: 0, opaque: 0, lost: 0, announced: 0 };
    expect(await auditOf("events")).toEqual(clean);

    const producer = new kafkajs.Kafka({ brokers: [...broker.brokers], logLevel: 0 }).producer();
    await producer.connect();
    await producer.send({ topic: "events", messages: [{ value: "no event" }] });
    await producer.disconnect();
    expect(await auditOf("events")).toEqual({ ...clean, damaged: 1 });

    await broker.createTopic("empty", 1);
    expect(await auditOf("empty")).toMatchObject({ events: 0, damaged: 0, lost: 0 });
  },
  timeoutMs,
);
