/** The contracts of core over the transport with a fake driver, and over the sink's outbox round it. */
import { createMemoryStore, createOutbox, systemClock } from "@activity/core";
import { describeSinkContract, describeTransportContract, fakeClock } from "@activity/core/testing";
import { describe, expect, it } from "@jest/globals";
import type { FakeKafkaDriver } from "../test/fake-kafka-driver.ts";
import { fakeKafkaDriver } from "../test/fake-kafka-driver.ts";
import { kafkaTransport } from "./kafka-transport.ts";

const kit = { describe, expect, it };
const variants = [
  { name: "keyless", options: { topic: "events" } },
  { name: "keyed", options: { topic: { default: "events", billing: "money" }, keyBy: "event_name" } },
] as const;

function arrived({ produced }: FakeKafkaDriver): readonly string[] {
  return produced.flatMap(({ values }) => values);
}

for (const { name, options } of variants) {
  describeTransportContract({
    name: `kafkaTransport, ${name}`,
    kit,
    clock: systemClock,
    create: () => {
      const driver = fakeKafkaDriver();
      return {
        transport: kafkaTransport(driver, options),
        arrived: () => arrived(driver),
        fail: () => driver.fail("produce", "unavailable"),
        stall: () => driver.hold(),
        heal: () => {
          driver.fail("produce", undefined);
          driver.release();
        },
      };
    },
  });

  describeSinkContract({
    name: `an outbox round kafkaTransport, ${name}`,
    kit,
    create: () => {
      const clock = fakeClock();
      const driver = fakeKafkaDriver();
      const transport = kafkaTransport(driver, { ...options, clock });
      const onProblem = (): void => undefined;
      return {
        sink: createOutbox(transport, createMemoryStore({ clock }), { clock, lingerMs: 20, onProblem }),
        arrived: () => arrived(driver),
        pass: (ms) => clock.advance(ms),
        stall: () => driver.hold(),
        heal: () => driver.release(),
        heldTimers: () => clock.pending.filter(({ unref }) => !unref).length,
      };
    },
  });
}
