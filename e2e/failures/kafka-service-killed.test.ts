/** Paths 1 and 2: what becomes of events that wait for Kafka when the service itself is killed. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { audit } from "@activity/core";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { quickSink, until } from "../kafka/kafka-trial.ts";
import { killAll, startComponent } from "../support/component.ts";
import type { KafkaBroker } from "../support/kafka-broker.ts";
import { startKafka } from "../support/kafka-broker.ts";
import { removeFolder } from "../support/remove-folder.ts";

const timeoutMs = 240_000;
let broker: KafkaBroker;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "activity-failures-"));
  broker = await startKafka({ start: false });
  await Promise.all([recordAndDie("spooled", { SPOOL: folder }), recordAndDie("plain", {})]);
  await broker.restart();
  await broker.createTopic("spooled", 3);
  await broker.createTopic("plain", 3);
}, timeoutMs);
afterAll(async () => {
  killAll();
  await broker?.stop();
  removeFolder(folder);
});

async function recordAndDie(topic: string, environment: Record<string, string>): Promise<void> {
  const service = startComponent({
    name: topic,
    file: new URL("support/waiting-service.ts", import.meta.url),
    environment: { KAFKA_BROKERS: broker.brokers.join(","), KAFKA_TOPIC: topic, ...environment },
  });
  await service.line(/^recorded 1000$/);
  await service.kill();
}

it(
  "with a spool, all 1,000 arrive once after the next start",
  async () => {
    const next = quickSink(broker, { topic: "spooled", spool: folder });
    await until(() => next.stats().delivered >= 1_000);
    expect(await next.close()).toMatchObject({ pending: 0, dropped: 0, rejected: 0 });
    const events = (await broker.readTopic("spooled")).map(({ value }) => JSON.parse(value));
    const slots = events.filter(({ event_type }) => event_type === "billing").map((event) => event.slots);
    expect(slots.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1));
    // The heir has also said what the last number of the killed one was.
    const { sources, lost, duplicated } = await audit(events);
    expect([lost, duplicated]).toEqual([0, 0]);
    expect(sources.map(({ tail }) => tail)).toEqual(["closed"]);
  },
  timeoutMs,
);

it(
  "without one, what memory held is gone: nothing of it arrives",
  async () => {
    const next = quickSink(broker, { topic: "plain" });
    await next.flush();
    expect(await next.close()).toMatchObject({ adopted: 0, delivered: 0 });
    expect(await broker.readTopic("plain")).toEqual([]);
  },
  timeoutMs,
);
