import { describe, expect, it } from "@jest/globals";
import type { KafkaFailureKind } from "./kafka-driver.ts";
import { toKafkaVerdict } from "./kafka-verdict.ts";

const reason = { code: "why" };
const everything = { kind: "retry", reason, scope: "destination" };
const urgent = { ...everything, attention: true };
const topic = "money";
const ofTopic = { ...urgent, reason: { code: "why", detail: "topic money: why" } };

const cases: readonly (readonly [KafkaFailureKind, object, object])[] = [
  ["unavailable", everything, everything],
  ["closed", everything, everything],
  ["partition", { ...everything, scope: "lane" }, { ...everything, scope: "lane" }],
  ["credentials", urgent, urgent],
  ["certificate", urgent, urgent],
  ["unsupported", urgent, urgent],
  ["unknown_topic", ofTopic, { ...ofTopic, scope: "lane" }],
  ["forbidden", ofTopic, { ...ofTopic, scope: "lane" }],
  ["too_large", { kind: "split" }, { kind: "split" }],
  ["invalid", { kind: "split" }, { kind: "split" }],
];

describe("toKafkaVerdict", () => {
  it.each(cases)("answers %s", (kind, withOneTopic, withSeveral) => {
    expect(toKafkaVerdict({ kind, reason }, { topic, count: 2, onlyTopic: true })).toEqual(withOneTopic);
    expect(toKafkaVerdict({ kind, reason }, { topic, count: 2, onlyTopic: false })).toEqual(withSeveral);
  });

  it("rejects the single event that is too large, in words of its own", () => {
    expect(toKafkaVerdict({ kind: "too_large", reason }, { topic, count: 1, onlyTopic: true })).toEqual({
      kind: "rejected",
      reason: { code: "too_large", detail: "the topic takes no event of this size" },
    });
  });

  it("rejects the single event that is invalid, with the broker's reason", () => {
    expect(toKafkaVerdict({ kind: "invalid", reason }, { topic, count: 1, onlyTopic: true })).toEqual({
      kind: "rejected",
      reason,
    });
  });
});
