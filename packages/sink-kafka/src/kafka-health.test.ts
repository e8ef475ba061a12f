import { createMemoryStore } from "@activity/core";
import { describe, expect, it } from "@jest/globals";
import { batchOf, eventOf } from "../test/batch-of.ts";
import type { FakeKafkaDriver } from "../test/fake-kafka-driver.ts";
import { fakeKafkaDriver } from "../test/fake-kafka-driver.ts";
import type { HealthPort } from "./kafka-health.ts";
import { kafkaHealth, kafkaStats } from "./kafka-health.ts";
import { kafkaTransport } from "./kafka-transport.ts";

const ledger = {
  recorded: 10,
  adopted: 0,
  delivered: 3,
  handedOver: 0,
  pending: 7,
  rejected: 0,
  dropped: 0,
  droppedBy: {},
  withdrawn: 0,
  repeats: 0,
};

interface HealthTrial {
  readonly driver: FakeKafkaDriver;
  readonly port: HealthPort;
  /** Sends one event of a type. */
  send(type: string): Promise<unknown>;
}

function trial(closed = false): HealthTrial {
  const driver = fakeKafkaDriver();
  const topic = { default: "events", billing: "money" };
  let now = 0;
  const clock = { monotonic: () => (now += 5), random: () => 0 } as never; // Nothing else is asked.
  const transport = kafkaTransport(driver, { topic, clock });
  const store = createMemoryStore({ maxEvents: 100, maxBytes: 1_000 });
  const event = (type: string) => eventOf(1, {}, type);
  return {
    driver,
    port: { transport, store, ledger, closed },
    send: (type) =>
      transport.send(batchOf([event(type)], transport.lane?.(event(type))), new AbortController().signal),
  };
}

describe("kafkaHealth", () => {
  it("tells of each topic what its last send came to", async () => {
    const { driver, port, send } = trial();
    expect(kafkaHealth(port)).toEqual({ status: "idle", topics: {}, pending: 7, filled: 0 });
    await send("behavioral");
    expect(kafkaHealth(port)).toMatchObject({ status: "up", topics: { events: { up: true } } });
    driver.failOn("money", "produce", "unknown_topic");
    await send("billing");
    expect(kafkaHealth(port)).toMatchObject({
      status: "degraded",
      topics: { events: { up: true }, money: { up: false, reason: { code: "unknown_topic" } } },
    });
    driver.fail("connect", "unavailable");
    await send("behavioral");
    expect(kafkaHealth(port)).toMatchObject({ status: "down" });
    driver.fail("connect", undefined);
    driver.failOn("money", "produce", undefined);
    await send("behavioral");
    await send("billing");
    expect(kafkaHealth(port)).toMatchObject({ status: "up" });
  });

  it("does not take a topic for failing because of one event", async () => {
    const { driver, port, send } = trial();
    await send("billing");
    driver.fail("produce", "too_large");
    await send("billing");
    expect(kafkaHealth(port)).toMatchObject({ status: "up" });
  });

  it("says how full the store is, by what is scarcer", () => {
    const { port } = trial();
    const { text } = eventOf(1);
    port.store.append(text, 0, 3);
    expect(kafkaHealth(port).filled).toBe((text.length + 1) / 1_000);
  });

  it("says that it is closed", () => {
    expect(kafkaHealth(trial(true).port).status).toBe("closed");
  });
});

describe("kafkaStats", () => {
  it("counts sends by result, their bytes and time, beside the ledger", async () => {
    const { driver, port, send } = trial();
    await send("billing");
    await send("billing");
    driver.fail("produce", "partition");
    await send("billing");
    driver.fail("produce", undefined);
    driver.acknowledge = () => [];
    await send("billing");
    expect(kafkaStats(port)).toEqual({
      ...ledger,
      sends: { acknowledged: 2, partition: 1, unconfirmed: 1 },
      sentBytes: 2 * batchOf([eventOf(1, {}, "billing")]).bytes.length,
      sendMs: 10,
      deadLetters: 0,
      deadLettersLost: 0,
      pendingBytes: 0,
    });
  });
});
