/** Path 1: cloud admin server → Kafka, with the application as a process and a real Kafka. */
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

const service = "admin-server";
const timeoutMs = 240_000;
let broker: KafkaBroker;
let folder: string;
let environment: Readonly<Record<string, string>>;
let server: Component;
let topic: FarEnd;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "activity-path-"));
  broker = await startKafka({ start: false });
  topic = topicEnd(broker, "events");
  environment = {
    KAFKA_BROKERS: broker.brokers.join(","),
    KAFKA_TOPIC: "events",
    ACTIVITY_DATA_DIR: folder,
    PORT: "0",
  };
}, timeoutMs);
afterAll(async () => {
  killAll();
  await broker?.stop();
  removeFolder(folder);
});

it(
  "answers while Kafka is down, and what it recorded then arrives when Kafka is up",
  async () => {
    server = startComponent({ name: service, file: appProgram("cloud-admin-server"), environment });
    const [, address = ""] = await server.line(/listens on (\S+)/);
    const ask = async (method: string, path: string, body?: object): Promise<number> => {
      const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
      return (await fetch(`${address}${path}`, init)).status;
    };
    expect(await ask("POST", "/api/login", { user: "ann" })).toBe(200);
    expect(await ask("POST", "/api/github/connect")).toBe(502);
    expect(await ask("GET", "/api/me")).toBe(401);
    expect(await ask("GET", "/projects")).toBe(200);
    const whileDown = 7; // Its start, the login, the failure, and how long each of four requests took.
    await server.recorded(whileDown);
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
    expect(await server.stop()).toBe(0);
    const [, delivered, recorded] = await server.line(/stopped: (\d+) of (\d+) delivered, 0 left/);
    expect(delivered).toBe(recorded);
    const events = await topic.read();
    expectFourFields(events);
    await expectWholeSources(events, { service, closed: 1 });
    const own = ofService(events, service);
    expect(own).toHaveLength(Number(recorded));
    expectAttributes(own, { service_version: "1.4.0", service_commit: "0f3c2a9", is_dev: true });
    const named = (name: string) => own.filter(({ event_name }) => event_name === name);
    expect(named("login_success")).toMatchObject([
      { event_type: "behavioral", user_id: "ann", method: "password" },
    ]);
    expect(named("error")).toMatchObject([
      { event_type: "error", message: "GitHub did not answer", api: "github", organization_id: "org_acme" },
    ]);
    expect(
      named("request_elapsed_ms")
        .map(({ status }) => status)
        .toSorted(),
    ).toEqual([200, 200, 401, 502]);
    expectAttributes(named("request_elapsed_ms"), { event_type: "metric", value: expect.any(Number) });
    expect(hold(own, "log server_start", "telemetry source_closed")).toBe(true);
  },
  timeoutMs,
);
