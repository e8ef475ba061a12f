import { describe, expect, it } from "@jest/globals";
import { ActivityError } from "../errors/activity-error.ts";
import { createdEventMaxBytes, createdEventMinBytes } from "../limits.ts";
import { isEvent } from "./activity-event.ts";
import type { EventInput } from "./create-event.ts";
import { createEvent } from "./create-event.ts";
import { isEventTime } from "./event-time.ts";
import { parseEventText } from "./parse-event.ts";

const time = "2025-01-01T12:30:00Z";
const made = (input: Partial<EventInput> | object): object =>
  createEvent({ type: "log", name: "any", id: "1", time, ...input }).toJSON();

function errorOf(input: object): ActivityError {
  try {
    createEvent({ type: "log", name: "any", ...input });
  } catch (error) {
    if (error instanceof ActivityError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("isEvent", () => {
  it("says no of everything else, and throws of nothing", () => {
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    for (const value of [undefined, null, "event", {}, revoked.proxy]) expect(isEvent(value)).toBe(false);
  });
});

describe("createEvent", () => {
  it("makes an event with an id and a time of its own", () => {
    const before = Date.now();
    const event = createEvent({ type: "behavioral", name: "login_start", attributes: { method: "github" } });
    expect(isEvent(event)).toBe(true);
    expect(event.event_id).toMatch(/^[\w-]{21}$/);
    expect(event.event_time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Date.parse(event.event_time)).toBeGreaterThanOrEqual(before);
    expect(event.toJSON()).toEqual({
      event_id: event.event_id,
      event_time: event.event_time,
      event_type: "behavioral",
      event_name: "login_start",
      method: "github",
    });
    expect(createEvent({ type: "a", name: "b" }).event_id).not.toBe(event.event_id);
  });

  it("writes the four fields first, in the order of the wire", () => {
    const { text } = createEvent({ type: "t", name: "n", id: "i", time, attributes: { a: 1 } });
    expect(text).toBe(`{"event_id":"i","event_time":"${time}","event_type":"t","event_name":"n","a":1}`);
  });

  it.each(['"', "\\", '\\"', '"'.repeat(128), "!~{}:,"])("escapes an id: %s", (id) => {
    const event = createEvent({ type: "t", name: "n", id });
    expect(event.event_id).toBe(id);
    expect(event.toJSON().event_id).toBe(id);
  });

  it("escapes type and name", () => {
    expect(made({ type: 'a"\\\n', name: "支\u{1f600}\u0000" })).toMatchObject({
      event_type: 'a"\\\n',
      event_name: "支\u{1f600}\u0000",
    });
  });

  it.each(["2025-01-01t12:30:00z", "2016-12-31T23:59:60+00:00", `2025-01-01T12:30:00.${"1".repeat(107)}Z`])(
    "keeps a time as it is: %s",
    (given) => {
      expect(isEventTime(given)).toBe(true);
      expect(made({ time: given })).toMatchObject({ event_time: given });
    },
  );

  it("says what is missing in the words of its own input", () => {
    const { message, problems } = errorOf({ type: undefined, name: undefined });
    expect(message).toMatch(/^type is missing; it must be 1–128 .*; name is missing; it must be 1–256/);
    expect(problems.map(({ pointer }) => pointer)).toEqual(["/event_type", "/event_name"]);
  });

  it.each<[string, object, [string, string][]]>([
    ["no type", { type: undefined }, [["missing_field", "/event_type"]]],
    ["a blank name", { name: " " }, [["empty", "/event_name"]]],
    ["an id with a blank", { id: "a b" }, [["bad_type", "/event_id"]]],
    ["an id that is null", { id: null }, [["bad_type", "/event_id"]]],
    ["a time that is none", { time: "now" }, [["bad_time", "/event_time"]]],
    ["a time that is a number", { time: 1 }, [["bad_type", "/event_time"]]],
    ["a time that is null", { time: null }, [["bad_type", "/event_time"]]],
    [
      "a time of 129 characters",
      { time: `2025-01-01T12:30:00.${"1".repeat(108)}Z` },
      [["too_long", "/event_time"]],
    ],
    ["attributes that are a list", { attributes: [1] }, [["bad_type", ""]]],
    ["attributes that are null", { attributes: null }, [["bad_type", ""]]],
    ["attributes that are a text", { attributes: "s3cret" }, [["bad_type", ""]]],
    ["attributes that are a number", { attributes: 5_550_123 }, [["bad_type", ""]]],
    ["attributes that are a function", { attributes: () => ({}) }, [["bad_type", ""]]],
    ["attributes that are bytes", { attributes: new Uint8Array(2) }, [["bad_type", ""]]],
    [
      "everything at once",
      { type: "", name: 7, id: "", time: "", attributes: 5 },
      [
        ["empty", "/event_id"],
        ["empty", "/event_time"],
        ["empty", "/event_type"],
        ["bad_type", "/event_name"],
        ["bad_type", ""],
      ],
    ],
  ])("refuses %s", (_, input, problems) => {
    const error = errorOf(input);
    expect(error.code).toBe("INVALID_EVENT");
    expect(error.problems.map(({ code, pointer }) => [code, pointer])).toEqual(problems);
    expect(error.message).toBe(error.problems.map(({ detail }) => detail).join("; "));
    expect(error.message).not.toMatch(/s3cret|5550123/);
  });

  it.each([0, -1, 100, createdEventMinBytes - 1, Number.NaN])("refuses room for %p bytes", (maxBytes) => {
    const error = errorOf({ maxBytes });
    expect(error).toMatchObject({
      code: "INVALID_OPTION",
      message: `maxBytes is ${maxBytes}; it must be 8192 or more`,
    });
  });

  it("never throws for an attribute, and names it", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(made({ attributes: { a: proxy, event_id: "evil", keep: 1 } })).toMatchObject({
      event_id: "1",
      keep: 1,
      encoding_problems: ["a", "event_id"],
    });
    expect(made({ attributes: proxy })).toMatchObject({ encoding_problems: ["(attributes)"] });
  });

  it("names 32 attributes that could not be encoded, and counts the others", () => {
    const bad = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [
        `k${index}`,
        {
          toJSON: () => {
            throw new Error("no");
          },
        },
      ]),
    );
    expect(made({ attributes: bad })).toMatchObject({
      encoding_problems: Object.keys(bad).slice(0, 32),
      encoding_problems_omitted: 8,
    });
  });

  it.each([
    [246, undefined],
    [247, 1],
    [1_000, 754],
  ])("keeps 246 attributes and counts the others: %p", (count, omitted) => {
    const many = Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));
    const json = made({ attributes: many }) as Record<string, unknown>;
    expect(json["attributes_omitted"]).toBe(omitted);
    expect(json).toHaveProperty("k245", 245);
    expect(json).not.toHaveProperty("k246");
  });

  it("stays within what a parse lets through with every mark there is", () => {
    const many: Record<string, unknown> = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [
        `bad${index}`,
        {
          toJSON: () => {
            throw new Error("no");
          },
        },
      ]),
    );
    for (let index = 0; index < 300; index++) many[`k${index}`] = index < 40 ? "x".repeat(2_000) : 1;
    const event = createEvent({ type: "log", name: "any", attributes: many });
    expect(parseEventText(event.text).problems).toBeUndefined();
    const json = event.toJSON();
    for (const mark of ["encoding_problems", "truncated_attributes"]) {
      expect(json[mark]).toHaveLength(32);
      expect(json[`${mark}_omitted`]).toBeGreaterThan(0);
    }
    expect(json).toMatchObject({ truncated: true, attributes_omitted: 54 });
    expect(Object.keys(json).length).toBe(256);
  });

  it.each([
    ["ASCII", "a", 1],
    ["Chinese", "支", 3],
    ["emoji", "\u{1f600}", 4],
  ])("shortens above 32 KiB: %s", (_, fill, bytes) => {
    const near = Math.floor((createdEventMaxBytes - 500) / bytes);
    expect(made({ attributes: { a: fill.repeat(near) } })).not.toHaveProperty("truncated");
    const { text } = createEvent({ type: "t", name: "n", attributes: { a: fill.repeat(near + 600) } });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(createdEventMaxBytes);
    expect(JSON.parse(text)).toMatchObject({ truncated: true, truncated_attributes: ["a"] });
  });

  it("has other room when it is told so", () => {
    const attributes = { a: "x".repeat(40_000) };
    expect(made({ attributes, maxBytes: 50_000 })).toMatchObject(attributes);
    expect(made({ attributes: { a: "x".repeat(9_000) }, maxBytes: 8_192 })).toHaveProperty("truncated", true);
  });

  it("counts a long time among its bytes", () => {
    const given = `2025-01-01T12:30:00.${"1".repeat(107)}Z`;
    const attributes = Object.fromEntries(
      Array.from({ length: 240 }, (_, index) => [`k${index}`, "x".repeat(40)]),
    );
    for (const id of ["1", '"'.repeat(128)]) {
      const { text } = createEvent({
        type: "t",
        name: "n".repeat(200),
        id,
        time: given,
        attributes,
        maxBytes: 8_192,
      });
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(8_192);
    }
  });
});
