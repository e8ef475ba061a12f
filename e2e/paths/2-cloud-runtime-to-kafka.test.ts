/** Path 2: cloud runtime → Kafka, with the application as a process and a real Kafka. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Component } from "../support/component.ts";
import { killAll, startComponent } from "../support/component.ts";
import type { KafkaBroker } from "../support/kafka-broker.ts";
import { startKafka } from "../support/kafka-broker.ts";
import { appProgram } from "../support/local-world.ts";
import { removeFolder } from "../support/remove-folder.ts";
import { expectAttributes, expectFourFields, expectWholeSources } from "./support/expect-events.ts";
import { expectClientRefuses } from "./support/expect-refusals.ts";
import type { FarEnd } from "./support/far-end.ts";
import { arrivedUpTo, hold, ofService, topicEnd } from "./support/far-end.ts";

const service = "runtime-server";
const timeoutMs = 240_000;
let broker: KafkaBroker;
let folder: string;
let environment: Readonly<Record<string, string>>;
let runtime: Component;
let topic: FarEnd;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "activity-path-"));
  broker = await startKafka({ start: false });
  topic = topicEnd(broker, "events");
  environment = {
    KAFKA_BROKERS: broker.brokers.join(","),
    KAFKA_TOPIC: "events",
    ACTIVITY_DATA_DIR: folder,
    WORK_INTERVAL_MS: "20",
  };
}, timeoutMs);
afterAll(async () => {
  killAll();
  await broker?.stop();
  removeFolder(folder);
});

it(
  "works while Kafka is down, and what it recorded then arrives when Kafka is up",
  async () => {
    runtime = startComponent({ name: service, file: appProgram("cloud-runtime"), environment });
    await runtime.recorded(100);
    const whileDown = runtime.stats.recorded;
    await broker.restart();
    await broker.createTopic("events", 3);
    await topic.until(
      (events) => arrivedUpTo(events, service, whileDown) === whileDown,
      "what was recorded while Kafka was down",
    );
  },
  timeoutMs,
);

it(
  "refuses at the client what is no event",
  () => expectClientRefuses("kafka", environment, topic),
  timeoutMs,
);

it(
  "ends on SIGTERM with nothing left, and every event of every type is there once",
  async () => {
    expect(await runtime.stop()).toBe(0);
    const [, delivered, recorded] = await runtime.line(/stopped: (\d+) of (\d+) delivered, 0 left/);
    expect(delivered).toBe(recorded);
    const events = await topic.read();
    expectFourFields(events);
    await expectWholeSources(events, { service, closed: 1 });
    const own = ofService(events, service);
    expect(own).toHaveLength(Number(recorded));
    expectAttributes(own, {
      service_name: service,
      service_version: "1.4.0",
      service_commit: "0f3c2a9",
      is_dev: true,
    });
    expectAttributes(
      own.filter(({ event_type }) => event_type === "metric" || event_type === "billing"),
      { organization_id: "org_acme", project_id: expect.stringMatching(/^prj_/) },
    );
    expectAttributes(
      own.filter(({ event_type }) => event_type === "metric"),
      { value: expect.any(Number) },
    );
    expect(
      hold(
        own,
        "metric duckdb_estimated_size_bytes",
        "metric duckdb_queue_latency_ms",
        "billing project_prod_slots",
        "log reconcile_done",
        "error error",
        "telemetry source_closed",
      ),
    ).toBe(true);
  },
  timeoutMs,
);
