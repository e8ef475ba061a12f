import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import type { CloudEnvironment, CloudSettings } from "./src/index.ts";
import { readSettings } from "./src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "activity-settings-"));
const authority = join(folder, "ca.pem");
writeFileSync(authority, "an authority");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const kafka = { KAFKA_BROKERS: "one:9092" };
const login = { KAFKA_SASL_MECHANISM: "scram-sha-512", KAFKA_USERNAME: "app", KAFKA_PASSWORD: "hidden" };

describe("readSettings", () => {
  it.each<[string, CloudEnvironment, Partial<CloudSettings> & object]>([
    ["nothing", {}, { sink: "file", directory: "activity-data" }],
    ["a folder", { ACTIVITY_DATA_DIR: "/data" }, { sink: "file", directory: "/data" }],
    ["another sink", { ...kafka, ACTIVITY_SINK: "console" }, { sink: "console" }],
    [
      "brokers",
      { KAFKA_BROKERS: "one:9092, two:9092" },
      { sink: "kafka", brokers: ["one:9092", "two:9092"], topic: "events", sasl: undefined, ssl: false },
    ],
    [
      "a topic and a folder",
      { ...kafka, KAFKA_TOPIC: "money", ACTIVITY_DATA_DIR: "/data" },
      { topic: "money", spool: join("/data", "spool") },
    ],
    [
      "a login",
      { ...kafka, ...login },
      { sasl: { mechanism: "scram-sha-512", username: "app", password: "hidden" } },
    ],
    ["an empty login", { ...kafka, KAFKA_SASL_MECHANISM: "", KAFKA_USERNAME: "" }, { sasl: undefined }],
    ["TLS", { ...kafka, KAFKA_TLS: "on" }, { ssl: true }],
    ["an authority", { ...kafka, KAFKA_TLS_CA: authority }, { ssl: { ca: "an authority" } }],
  ])("reads %s", (_, environment, expected) => {
    expect(readSettings(environment)).toMatchObject(expected);
  });

  it.each<[CloudEnvironment, string]>([
    [{ ACTIVITY_SINK: "kafak" }, 'ACTIVITY_SINK is "kafak"; it must be kafka, file, console, none'],
    [{ ACTIVITY_SINK: "kafka" }, "KAFKA_BROKERS is not set"],
    [
      { ...kafka, ...login, KAFKA_SASL_MECHANISM: "SCRAM" },
      'KAFKA_SASL_MECHANISM is "SCRAM"; it must be plain,',
    ],
    [{ ...kafka, ...login, KAFKA_PASSWORD: "" }, "must be set together"],
    [{ ...kafka, KAFKA_PASSWORD: "hidden" }, "must be set together"],
    [{ ...kafka, KAFKA_TLS: "true" }, 'KAFKA_TLS is "true"; it must be on, off'],
    [{ ...kafka, KAFKA_TLS: "off", KAFKA_TLS_CA: authority }, "KAFKA_TLS is off, but KAFKA_TLS_CA is set"],
    [{ ...kafka, KAFKA_TLS_CA: join(folder, "none.pem") }, "which cannot be read"],
  ])("refuses %j", (environment, message) => {
    expect(() => readSettings(environment)).toThrow(message);
    expect(() => readSettings(environment)).not.toThrow("hidden");
  });
});
