import { describe, expect, it } from "@jest/globals";
import { readSettings } from "../index.ts";

describe("readSettings", () => {
  it("needs none", () => {
    expect(readSettings({})).toEqual({
      host: "127.0.0.1",
      port: 8_080,
      writeKeys: [],
      allowedOrigins: [],
      stamp: [],
      limits: { maxEventBytes: 65_536, maxBodyBytes: 1_048_576 },
      directory: "activity-data",
      kafka: undefined,
      retention: { maxAgeMs: undefined, maxBytes: undefined },
      maxDeadLetterBytes: 67_108_864,
      admin: { host: "127.0.0.1", port: undefined, token: undefined },
    });
  });

  it("reads all", () => {
    const settings = readSettings({
      HOST: "0.0.0.0",
      PORT: "0",
      ACTIVITY_WRITE_KEYS: " a, b,",
      ACTIVITY_ALLOWED_ORIGINS: "https://a.example",
      ACTIVITY_STAMP: "received_at,sent_at",
      ACTIVITY_MAX_EVENT_BYTES: "131072",
      ACTIVITY_MAX_BODY_BYTES: "2097152",
      ACTIVITY_DATA_DIR: "elsewhere",
      ACTIVITY_RETENTION_DAYS: "30",
      ACTIVITY_RETENTION_MIB: "1024",
      ACTIVITY_DEAD_LETTERS_MIB: "0",
      ACTIVITY_ADMIN_HOST: "0.0.0.0",
      ACTIVITY_ADMIN_PORT: "9000",
      ACTIVITY_ADMIN_TOKEN: "0123456789abcdef",
      KAFKA_BROKERS: "k1:9092,k2:9092",
      KAFKA_TOPIC: "telemetry",
      KAFKA_KEY_BY: "event_id",
      KAFKA_SSL: "true",
      KAFKA_SASL_MECHANISM: "scram-sha-512",
      KAFKA_SASL_USERNAME: "u",
      KAFKA_SASL_PASSWORD: "p",
      ACTIVITY_SPOOL_MIB: "1",
    });
    expect(settings).toEqual({
      host: "0.0.0.0",
      port: 0,
      writeKeys: ["a", "b"],
      allowedOrigins: ["https://a.example"],
      stamp: ["received_at", "sent_at"],
      limits: { maxEventBytes: 131_072, maxBodyBytes: 2_097_152 },
      directory: "elsewhere",
      kafka: {
        brokers: ["k1:9092", "k2:9092"],
        topic: "telemetry",
        keyBy: "event_id",
        ssl: true,
        sasl: { mechanism: "scram-sha-512", username: "u", password: "p" },
        maxSpoolBytes: 1_048_576,
      },
      retention: { maxAgeMs: 2_592_000_000, maxBytes: 1_073_741_824 },
      maxDeadLetterBytes: 0,
      admin: { host: "0.0.0.0", port: 9_000, token: "0123456789abcdef" },
    });
  });

  it.each([
    [{ ACTIVITY_ADMIN_HOST: "0.0.0.0" }, "ACTIVITY_ADMIN_TOKEN"],
    [{ ACTIVITY_ADMIN_TOKEN: "short" }, "16 or more"],
    [{ ACTIVITY_STAMP: "now" }, 'ACTIVITY_STAMP is "now"; it must be one of received_at, sent_at'],
    [{ ACTIVITY_RETENTION_DAYS: "0" }, "ACTIVITY_RETENTION_DAYS"],
    [{ KAFKA_BROKERS: "k:1", KAFKA_SASL_USERNAME: "u" }, "both are needed"],
    [{ KAFKA_BROKERS: "k:1", KAFKA_SSL: "yes" }, "true, false"],
    [{ ACTIVITY_WRITE_KEYS_FILE: "nowhere/keys" }, "cannot be read (ENOENT)"],
  ])("refuses %j", (environment, message) => {
    expect(() => readSettings(environment)).toThrow(message);
  });

  it("has no admin listener where it is off", () => {
    expect(readSettings({ ACTIVITY_ADMIN_PORT: "off" }).admin).toBeUndefined();
  });

  it.each(["-1", "65536", "80a", "1e3", " "])("refuses the port %j", (PORT) => {
    expect(() => readSettings({ PORT })).toThrow("it must be 0 to 65535");
  });

  it.each(["0.0.0.0", "::", "192.0.2.1", "127.0.0.1.example.com"])("asks for a write key on %s", (HOST) => {
    expect(() => readSettings({ HOST })).toThrow("ACTIVITY_WRITE_KEYS");
    expect(readSettings({ HOST, ACTIVITY_WRITE_KEYS: "k" }).host).toBe(HOST);
  });

  it.each(["localhost", "127.0.0.1", "127.1.2.3", "::1"])("asks for none on %s", (HOST) => {
    expect(readSettings({ HOST }).host).toBe(HOST);
  });
});
