import { batchIdPattern } from "@activity/core";
import { fakeClock } from "@activity/core/testing";
import { describe, expect, it } from "@jest/globals";
import { addMissingMembers } from "./add-missing-members.ts";
import { encodeWrapper } from "./encode-wrapper.ts";
import { randomId } from "./random-id.ts";

describe("encodeWrapper", () => {
  it("splices the texts in byte for byte", () => {
    const texts = ['{ "event_id" : "a", "n": 9007199254740993 }', '{"event_id":"b","x":1.50}'];
    expect(encodeWrapper({ batchId: "b".repeat(21), sentAt: "2025-01-01T00:00:00.000Z" }, texts)).toBe(
      `{"batch_id":"bbbbbbbbbbbbbbbbbbbbb","sent_at":"2025-01-01T00:00:00.000Z","events":[${texts[0]},${texts[1]}]}`,
    );
  });
});

describe("addMissingMembers", () => {
  it("adds what is not there and leaves the rest byte for byte", () => {
    expect(addMissingMembers('{"n":9007199254740993, "a":"x" } ', { a: "y", b: '"' })).toBe(
      '{"n":9007199254740993, "a":"x" ,"b":"\\""}',
    );
  });

  it("is not misled by members further in", () => {
    expect(addMissingMembers('{"deep":{"a":1}}', { a: "y" })).toBe('{"deep":{"a":1},"a":"y"}');
  });
});

describe("randomId", () => {
  it("makes ids that get a receipt", () => {
    const clock = fakeClock();
    for (let count = 0; count < 100; count++) expect(randomId(clock)).toMatch(batchIdPattern);
  });

  it("stays in its alphabet at both ends of chance", () => {
    expect(randomId({ random: () => 0 })).toBe("0".repeat(21));
    expect(randomId({ random: () => 1 - Number.EPSILON })).toBe("-".repeat(21));
  });
});
