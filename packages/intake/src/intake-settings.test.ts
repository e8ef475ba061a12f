import { describe, expect, it } from "@jest/globals";
import { readSettings } from "./index.ts";

describe("readSettings", () => {
  it("needs none", () => {
    expect(readSettings({})).toEqual({
      host: "127.0.0.1",
      port: 8_080,
      writeKeys: [],
      allowedOrigins: [],
      target: { kind: "files", directory: "activity-data" },
    });
  });

  it("reads all", () => {
    const settings = readSettings({
      HOST: "0.0.0.0",
      PORT: "0",
      ACTIVITY_WRITE_KEYS: " a, b,",
      ACTIVITY_ALLOWED_ORIGINS: "https://a.example",
      KAFKA_BROKERS: "k1:9092,k2:9092",
      KAFKA_TOPIC: "telemetry",
    });
    expect(settings).toEqual({
      host: "0.0.0.0",
      port: 0,
      writeKeys: ["a", "b"],
      allowedOrigins: ["https://a.example"],
      target: { kind: "kafka", brokers: ["k1:9092", "k2:9092"], topic: "telemetry" },
    });
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
