/**
 * Paths 1 and 2, with TLS and a login as in a cloud: the services are asked to end while Kafka is away, or while they
 * answer; and settings that cannot be right.
 */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { until } from "../kafka/kafka-trial.ts";
import { eventNamed, post } from "../paths/support/expect-refusals.ts";
import type { Component } from "../support/component.ts";
import { killAll, startComponent } from "../support/component.ts";
import { holdPost, untilRefused } from "../support/held-post.ts";
import type { KafkaBroker } from "../support/kafka-broker.ts";
import { kafkaUser, startKafka } from "../support/kafka-broker.ts";
import { createKafkaCertificate } from "../support/kafka-certificate.ts";
import { appProgram } from "../support/local-world.ts";
import { removeFolder } from "../support/remove-folder.ts";

const timeoutMs = 240_000;
let broker: KafkaBroker;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "activity-failures-"));
  const certificate = await createKafkaCertificate(folder);
  writeFileSync(join(folder, "ca.pem"), certificate.authority);
  const protocols = "PLAIN:PLAINTEXT,LOGIN:SASL_SSL,CONTROLLER:PLAINTEXT";
  const properties = { "listener.security.protocol.map": protocols, ...certificate.properties };
  broker = await startKafka({ start: false, properties });
}, timeoutMs);
afterAll(async () => {
  killAll();
  await broker?.stop();
  removeFolder(folder);
});

/** Starts an application that logs in with SCRAM over TLS. */
function startApp(app: string, settings: Readonly<Record<string, string>> = {}): Component {
  return startComponent({
    name: app,
    file: appProgram(app),
    environment: {
      KAFKA_BROKERS: broker.saslBrokers.join(","),
      KAFKA_SASL_MECHANISM: "scram-sha-512",
      KAFKA_USERNAME: kafkaUser.username,
      KAFKA_PASSWORD: kafkaUser.password,
      KAFKA_TLS_CA: join(folder, "ca.pem"),
      ACTIVITY_DATA_DIR: folder,
      WORK_INTERVAL_MS: "20",
      PORT: "0",
      ...settings,
    },
  });
}

interface Billed {
  readonly event_id: string;
  readonly event_type: string;
}

async function billed(): Promise<readonly string[]> {
  const events = (await broker.readTopic("events")).map(({ value }) => JSON.parse(value) as Billed);
  return events.filter(({ event_type }) => event_type === "billing").map(({ event_id }) => event_id);
}

it(
  "a service that ends while Kafka is away says what is left, and its billing waits for the next start",
  async () => {
    const first = startApp("cloud-runtime");
    await first.recorded(200);
    expect(await first.stop()).toBe(0);
    const [, left, waiting] = await first.line(
      /: 0 of \d+ delivered, (\d+) left, (\d+) wait for the next start/,
    );
    expect(Number(left)).toBeGreaterThan(100);
    expect(Number(waiting)).toBeGreaterThan(5);

    await broker.restart();
    await broker.createTopic("events", 3);
    const second = startApp("cloud-runtime");
    await until(async () => (await billed()).length >= Number(waiting));
    expect(await second.stop()).toBe(0);
    await second.line(/delivered, 0 left, 0 wait for the next start/);
    const ids = await billed();
    expect(new Set(ids).size).toBe(ids.length);
    // All of what the first one left has its own source, and nothing of it is missing.
    const sources = ids.map((id) => id.split(".")[0]);
    expect([...new Set(sources)].map((one) => sources.filter((source) => source === one).length)).toContain(
      Number(waiting),
    );
  },
  timeoutMs,
);

it(
  "a server that is asked to end still answers what it has begun, and takes nothing new",
  async () => {
    if (broker.pid === 0) {
      // The test above was left out.
      await broker.restart();
      await broker.createTopic("events", 3);
    }
    const server = startApp("cloud-admin-server");
    const [, address = ""] = await server.line(/listens on (\S+)/);
    const entry = { url: `${address}/v1/events` };
    expect(await post(entry, [eventNamed("before")])).toMatchObject({ status: 202 });
    await broker.kill("SIGSTOP");
    let ended: Promise<number | null> | undefined;
    const answer = await holdPost({
      url: entry.url,
      body: JSON.stringify([eventNamed("under_way")]),
      between: async () => {
        ended = server.stop();
        await untilRefused(address);
        setTimeout(() => void broker.kill("SIGCONT"), 500); // Its write waits for Kafka meanwhile.
      },
    });
    expect(answer.status).toBe(202);
    expect(JSON.parse(answer.text)).toMatchObject({ accepted: 1, rejected: 0 });
    expect(await ended).toBe(0);
    await server.line(/delivered, 0 left, 0 wait for the next start/);
    const names = (await broker.readTopic("events")).map(({ value }) => JSON.parse(value).event_name);
    expect(names).toEqual(expect.arrayContaining(["before", "under_way"]));
  },
  timeoutMs,
);

it(
  "a service that cannot trust the broker sends nothing, says why, and its billing waits",
  async () => {
    const before = await billed();
    const service = startApp("cloud-runtime", { KAFKA_TLS: "on", KAFKA_TLS_CA: "" });
    await service.line(/nothing is sent for now: .*self-signed certificate/);
    await service.recorded(50);
    expect(await service.stop()).toBe(0);
    await service.line(/: 0 of \d+ delivered, \d+ left, [1-9]\d* wait for the next start/);
    expect(await billed()).toEqual(before);
  },
  timeoutMs,
);

it("a service with a setting that cannot be meant ends at once, and says which", async () => {
  const service = startApp("cloud-runtime", { KAFKA_SASL_MECHANISM: "SCRAM" });
  await service.line(/KAFKA_SASL_MECHANISM is "SCRAM"; it must be plain, scram-sha-256, scram-sha-512/);
  expect(await service.ended).toBe(1);
  await expect(service.line(new RegExp(kafkaUser.password))).rejects.toThrow("ended early");
});
