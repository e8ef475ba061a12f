import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { eventText } from "../test/proxy-server.ts";
import { Refusal } from "./answer.ts";
import type { BodyForm } from "./media-type.ts";
import { proxyLimits } from "./proxy-options.ts";
import type { ReadBody } from "./read-body.ts";
import { sliceBody } from "./slice-body.ts";

/** What a body is cut into, as texts; why it is refused, otherwise. */
function cut(body: ReadBody, form: BodyForm): unknown {
  try {
    const { slices, batchId, sentAt } = sliceBody(body, form, { limits: { ...proxyLimits, maxEvents: 6 } });
    return {
      texts: slices.map((slice) => (typeof slice === "object" ? slice.text : slice)),
      batchId,
      sentAt,
    };
  } catch (error) {
    return error instanceof Refusal ? error.input.code : error;
  }
}

const good = [
  eventText(1),
  eventText("é😀", { s: "中" }).replace("id-é😀", "id-2"),
  eventText(3, { a: { events: [] } }),
];
const bad = [
  "{}",
  "1",
  '{"a":1e999}',
  '{"events":[1]}',
  '"x"',
  "tru",
  '{"a":',
  `{"b":1,${eventText(4).slice(1)}`,
];
const event = fc.constantFrom(...good, ...bad);
const blank = fc.constantFrom("", "", " ", "\t", "\r\n", "\n", "\n\n", " \r");
const list = fc
  .array(fc.tuple(blank, event, blank), { maxLength: 8 })
  .map((parts) => `[${parts.map((part) => part.join("")).join(",")}]`);
const member = fc.oneof(
  list.map((json) => `"events":${json}`),
  fc.constantFrom(
    '"batch_id":"batch-1234567890"',
    '"batch_id":"batch\\u002d123456789"',
    '"batch_id":7',
    '"sent_at":"2026-01-02T03:04:05Z"',
    '"sent_at":"now"',
    '"x":{"events":[1]}',
    '"é":[1]',
    '"event_x":1',
    '"events":{}',
  ),
);
const wrapper = fc
  .array(fc.tuple(blank, member, blank), { maxLength: 4 })
  .map((parts) => `{${parts.map((part) => part.join("")).join(",")}}`);
const lines = fc
  .array(fc.tuple(blank, event, blank), { maxLength: 8 })
  .map((parts) => parts.map((part) => part.join("")).join("\n"));
const body = fc
  .tuple(
    fc.constantFrom("", "", "\uFEFF"),
    blank,
    fc.oneof(lines, list, wrapper, event),
    blank,
    fc.constantFrom("", "", "x", "{}"),
  )
  .map((parts) => parts.join(""));

describe("sliceBody", () => {
  it("cuts bytes in one pass into what it cuts text into step by step", () => {
    let whole = 0;
    fc.assert(
      fc.property(body, fc.constantFrom<BodyForm>("ndjson", "json", "text"), (text, form) => {
        const slowly = cut(text, form);
        const quickly = cut(new TextEncoder().encode(text), form);
        // Whoever counts on the way need not see that the rest is broken.
        if (quickly === "too_many_events") return;
        expect(quickly).toEqual(slowly);
        if (typeof slowly === "object") whole++;
      }),
      { numRuns: 5_000 },
    );
    expect(whole).toBeGreaterThan(500);
  });

  it.each([
    ["lines", good.join("\n"), "ndjson"],
    ["lines as plain text", `${good.join("\r\n")}\r\n`, "text"],
    ["an array", `[${good.join(" , ")}]`, "json"],
    ["a wrapper", `{"batch_id":"b","events":[${good}]}`, "text"],
    ["one event", good[1] ?? "", "json"],
  ] as const)("knows good events of %s at once", (_, text, form) => {
    const { slices } = sliceBody(new TextEncoder().encode(text), form, { limits: proxyLimits });
    expect(slices.map((slice) => typeof slice)).toEqual(slices.map(() => "object"));
  });
});
