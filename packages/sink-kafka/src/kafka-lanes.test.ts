import { describe, expect, it } from "@jest/globals";
import { eventOf } from "../test/batch-of.ts";
import type { KeyBy } from "./event-key.ts";
import { createEventKey } from "./event-key.ts";
import type { KafkaLanes } from "./kafka-lanes.ts";
import { createKafkaLanes } from "./kafka-lanes.ts";
import type { KafkaTopics } from "./kafka-topics.ts";
import { createTopicTable } from "./kafka-topics.ts";

function lanesOf(topic: string | KafkaTopics, keyBy?: KeyBy, lanes = 4): KafkaLanes {
  return createKafkaLanes({ topics: createTopicTable(topic), key: createEventKey(keyBy), lanes, sticky: 3 });
}

describe("createKafkaLanes", () => {
  it("changes the lane of keyless events after every batchful, and uses all", () => {
    const lanes = lanesOf("events");
    const places = Array.from({ length: 15 }, (_, n) => lanes.read(lanes.of(eventOf(n))).place);
    expect(places).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 0, 0, 0]);
  });

  it("gives an event the same lane when asked again", () => {
    const lanes = lanesOf("events");
    for (let n = 0; n < 10; n++) {
      const event = eventOf(n);
      expect(lanes.of(event)).toBe(lanes.of(event));
    }
  });

  it("gives a key the same lane in every process", () => {
    const user = (n: number) => eventOf(n, { user: `u-${n % 7}` });
    const [one, other] = [lanesOf("events", "user"), lanesOf("events", "user")];
    for (let n = 0; n < 50; n++) expect(other.of(user(n + 7))).toBe(one.of(user(n)));
  });

  it("keeps the lanes of topics apart", () => {
    const lanes = lanesOf({ default: "events", billing: "money" });
    const billing = lanes.of(eventOf(1, {}, "billing"));
    const other = lanes.of(eventOf(2));
    expect(billing).not.toBe(other);
    expect([lanes.read(billing).topic.name, lanes.read(other).topic.name]).toEqual(["money", "events"]);
    expect(lanes.read(billing).place).toBe(0);
  });

  it("reads a lane that was chosen under another number of lanes", () => {
    const topics = { default: "events", billing: "money" };
    const lane = lanesOf(topics, "event_id", 1_000).of(eventOf(1, {}, "billing"));
    expect(lanesOf(topics, "event_id", 2).read(lane).topic.name).toBe("money");
  });

  it.each([0, -1, 1.5, 1_025, Number.NaN])("refuses %d lanes", (lanes) => {
    expect(() => lanesOf("events", undefined, lanes)).toThrow(/lanes is .* 1 to 1024/);
  });
});
