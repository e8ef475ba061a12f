import { describe, expect, it } from "@jest/globals";
import { eventOf } from "../test/batch-of.ts";
import type { KeyBy } from "./event-key.ts";
import { createEventKey } from "./event-key.ts";

const event = eventOf(1, { install_id: "i-1", count: 7, flag: false, list: [1], empty: "" });

const cases: readonly (readonly [string, KeyBy | undefined, string | null])[] = [
  ["without keyBy", undefined, null],
  ["by a field", "event_id", "test.1"],
  ["by an attribute", "install_id", "i-1"],
  ["by a number", "count", "7"],
  ["by a boolean", "flag", "false"],
  ["by a list", "list", null],
  ["by an empty text", "empty", null],
  ["by what is not there", "organization_id", null],
  ["by a function", (one) => `${String(one["install_id"])}/${one.event_type}`, "i-1/behavioral"],
  ["by a function without an answer", () => undefined, null],
  [
    "by a function that throws",
    () => {
      throw new Error("no");
    },
    null,
  ],
];

describe("createEventKey", () => {
  it.each(cases)("finds the same key on entry and on sending: %s", (_, keyBy, expected) => {
    const key = createEventKey(keyBy);
    expect(key.ofEvent(event)).toBe(expected);
    expect(key.ofBytes(Buffer.from(event.text))).toBe(expected);
    expect(key.ofObject(event.toJSON())).toBe(expected);
  });

  it.each([
    ['{"event_id":"a.1","event_type":"x"}', "a.1"],
    ['{"event_id":"a\\"b\\\\.1","event_type":"x"}', 'a"b\\.1'],
    ['{"event_type":"x","event_id":"a.1"}', "a.1"],
    ['{ "event_id" : "a.1"}', "a.1"],
  ])("reads the id wherever and however it stands: %s", (text, id) => {
    expect(createEventKey("event_id").ofBytes(Buffer.from(text))).toBe(id);
  });
});
