import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { invalidEvents, largestEvents, validEvent, validEventText } from "../testing/event-fixtures.ts";
import { brandEvent, isEvent } from "./activity-event.ts";
import { createEvent } from "./create-event.ts";
import { parseEvent, parseEventText } from "./parse-event.ts";

const withMember = (member: string): string => `${validEventText.slice(0, -1)},${member}}`;
const codesOf = (value: unknown): (string | undefined)[] =>
  parseEvent(value).problems?.map(({ code }) => code) ?? [];
const codesOfText = (text: string): (string | undefined)[] =>
  parseEventText(text).problems?.map(({ code }) => code) ?? [];

describe("the text of an event", () => {
  it.each([
    [
      "the order of keys",
      `{"zeta":1,"event_name":"n","event_type":"t","alpha":2,${fields("event_id", "event_time")}}`,
    ],
    ["the spelling of numbers", withMember('"a":1e2,"b":1.0,"c":-0,"d":1E+2')],
    ["integers beyond 2⁵³", withMember('"a":18446744073709551617')],
    ["numbers that a double cannot hold", withMember('"a":0.1000000000000000055511151231257827')],
    ["escapes", withMember('"a":"\\u0041\\/\\u00e9"')],
    ["pairs of surrogates that are escaped", withMember('"a":"\\ud83d\\ude00"')],
    ["what is escaped and half of a pair in an attribute", withMember('"a":"\\ud83d"')],
    ["blanks between tokens", validEventText.replaceAll('":"', '" : "').replaceAll(",", " ,\t")],
    ["blanks round it", ` ${validEventText}\t`],
    ["repeated attributes", withMember('"a":1,"a":2')],
    ["line separators inside a text", withMember('"a":"\u2028\u2029"')],
    ["line ends that are escaped", withMember('"a":"\\r\\n"')],
    ["keys like those of every object below the top", withMember('"a":{"constructor":1,"prototype":2}')],
    ["the empty key", withMember('"":1')],
  ])("keeps %s", (_, text) => {
    const { event } = parseEventText(text);
    expect(event?.text).toBe(text);
    expect(isEvent(event)).toBe(true);
    expect(event?.toJSON()).toEqual(JSON.parse(text));
  });

  it("gives the four fields as they are read", () => {
    const { event } = parseEventText(
      '{"event_id":"\\u0061","event_time":"2025-01-01t12:30:00z","event_type":"t","event_name":" n "}',
    );
    expect(event).toMatchObject({
      event_id: "a",
      event_time: "2025-01-01t12:30:00z",
      event_type: "t",
      event_name: " n ",
    });
  });

  it.each(["\n", "\r", "\r\n", "\n\n\r"])("becomes one line: %p", (end) => {
    const text = validEventText.replaceAll(",", `,${end}`);
    expect(parseEventText(text).event?.text).toBe(validEventText.replaceAll(",", ", "));
    expect(parseEventText(`${end}${validEventText}${end}`).event?.text).toBe(` ${validEventText} `);
  });

  it.each(invalidEvents)("is refused: $name", ({ text, code, pointer }) => {
    expect(parseEventText(text).problems).toMatchObject([{ code, pointer }]);
  });

  it.each(largestEvents)("passes: an event that $name", ({ text }) => {
    expect(parseEventText(text).event?.text).toBe(text);
  });

  it.each([
    ["plainly", '"event_id":"other"'],
    ["with the same value", `"event_id":"${validEvent.event_id}"`],
    ["with an escape", '"\\u0065vent_name":"other"'],
    [
      "with every letter escaped",
      `"${[..."event_time"].map((c) => `\\u00${c.charCodeAt(0).toString(16)}`).join("")}":"x"`,
    ],
    ["with blanks round it", '\n "event_type" : "other"'],
    ["after texts that end in backslashes", '"a":"\\\\","b":"\\"","event_id":"other"'],
    ["after a text with braces and colons", '"a":"{[:","event_id":"other"'],
  ])("has each of the four fields once: not twice %s", (_, member) => {
    const text = withMember(member);
    // Otherwise the first of the two would make the event unusable, and nothing were shown.
    const last = parseEventText(text.replace(`"event_id":"${validEvent.event_id}"`, '"event_id":"first"'));
    expect(last.problems?.map(({ code }) => code)).toEqual([
      member.includes('"x"') ? "bad_time" : "bad_json",
    ]);
  });

  it.each([
    ["below the top", withMember('"a":{"event_id":"x","event_name":"y"},"b":[{"event_time":1}]')],
    ["as a value", withMember('"a":"event_id","b":["event_id","event_name"]')],
    ["inside a text", withMember('"a":"\\"event_id\\":1,\\"event_id\\":2"')],
    ["escaped below the top", withMember('"a":{"\\u0065vent_id":1}')],
    ["with a key that is nearly one", withMember('"event_id_":1,"\\u0045vent_id":2')],
  ])("may name a field %s", (_, text) => {
    expect(parseEventText(text).event?.text).toBe(text);
  });

  it.each([
    ["nothing", ""],
    ["undefined", "undefined"],
    ["two events", `${validEventText}${validEventText}`],
    ["a comma behind", `${validEventText},`],
    ["a comma before the brace", validEventText.replace("}", ",}")],
    ["single quotes", validEventText.replaceAll('"', "'")],
    ["a comment", `${validEventText} // it`],
    ["NaN", withMember('"a":NaN')],
    ["a byte order mark", `\ufeff${validEventText}`],
    ["a raw line end in a text", withMember('"a":"\n"')],
    ["a raw NUL in a text", withMember('"a":"\0"')],
    ["unicode escapes cut short", withMember('"a":"\\u00"')],
    ["a leading zero", withMember('"a":01')],
  ])("is JSON: not %s", (_, text) => {
    expect(codesOfText(text)).toEqual(["bad_json"]);
  });

  it("reports everything that is wrong with its fields at once", () => {
    expect(codesOfText('{"event_id":"","event_time":"now","event_type":1}')).toEqual([
      "empty",
      "bad_time",
      "bad_type",
      "missing_field",
    ]);
  });

  it("may be nested 100,000 deep and does not overflow", () => {
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    expect(codesOfText(withMember(`"a":${deep}`))).toEqual(["too_deep"]);
    const limits = { maxBytes: 1_000_000, maxDepth: 32, maxKeys: 256 };
    expect(parseEventText(withMember(`"a":${deep}`), limits).problems).toMatchObject([{ code: "too_deep" }]);
    expect(codesOfText(deep)).toEqual(["too_deep"]);
  });

  it("may be one huge text with escapes where the limits allow it", () => {
    const limits = { maxBytes: 64_000_000, maxDepth: 32, maxKeys: 256 };
    const text = withMember(`"a":"\\u0041${"\\\\x".repeat(5_000_000)}"`);
    expect(parseEventText(text, limits).event?.text).toBe(text);
  });

  it.each([
    ["ASCII", "a", 1],
    ["two bytes", "é", 2],
    ["three bytes", "支", 3],
    ["pairs", "\u{1f600}", 4],
  ])("is measured in bytes: %s", (_, fill, bytes) => {
    const empty = withMember('"a":""').length;
    const limits = { maxBytes: empty + 30 * bytes, maxDepth: 32, maxKeys: 256 };
    const withFill = (count: number): string => withMember(`"a":"${fill.repeat(count)}"`);
    expect(parseEventText(withFill(30), limits).problems).toBeUndefined();
    expect(parseEventText(withFill(31), limits).problems).toMatchObject([{ code: "too_large" }]);
  });

  it("keeps limits of its own", () => {
    const text = withMember('"a":{"b":[1]}');
    const parse = (limits: object): unknown =>
      parseEventText(text, { maxBytes: 1_000, maxDepth: 3, maxKeys: 6, ...limits }).problems?.[0]?.code;
    expect(parse({})).toBeUndefined();
    expect(parse({ maxDepth: 2 })).toBe("too_deep");
    expect(parse({ maxKeys: 5 })).toBe("too_many_keys");
    expect(parse({ maxBytes: text.length - 1 })).toBe("too_large");
  });

  it("cannot touch the prototype of anything", () => {
    for (const member of [
      '"__proto__":{"polluted":1}',
      '"a":{"__proto__":{"polluted":1}}',
      '"a":[{"b":{"__proto__":null}}]',
      '"\\u005f_proto__":{"polluted":1}',
      '"constructor":{"prototype":{"polluted":1}}',
      '"prototype":{"polluted":1}',
    ])
      expect(codesOfText(withMember(member))).toEqual(["forbidden_key"]);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  it("round-trips whatever createEvent makes", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), (attributes) => {
        const made = createEvent({ type: "log", name: "any", attributes });
        const { event, problems } = parseEventText(made.text);
        expect(problems).toBeUndefined();
        expect(event).toMatchObject({
          text: made.text,
          event_id: made.event_id,
          event_time: made.event_time,
        });
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it("never throws for any text", () => {
    const tokens = fc.constantFrom(
      ...'{}[]:,"\\',
      "\\u0065",
      '"event_id"',
      validEventText,
      "1",
      " ",
      "\ud800",
    );
    fc.assert(
      fc.property(fc.array(tokens, { maxLength: 12 }), (parts) => {
        const { event, problems } = parseEventText(parts.join(""));
        return (event === undefined) !== (problems === undefined);
      }),
      { numRuns: 2_000, seed: 1 },
    );
  });
});

describe("a value", () => {
  it("is encoded as it is", () => {
    const value = { ...validEvent, list: [1, null, { a: "é" }], left_out: undefined };
    expect(parseEvent(value).event?.text).toBe(JSON.stringify(value));
  });

  it("may be an event, which passes as it is", () => {
    const event = createEvent({ type: "log", name: "a" });
    expect(parseEvent(event).event).toBe(event);
    const copy = parseEvent(event.toJSON()).event;
    expect(copy).not.toBe(event);
    expect(copy?.text).toBe(event.text);
  });

  it.each<[string, unknown]>([
    ["null", null],
    ["undefined", undefined],
    ["a number", 7],
    ["a text", validEventText],
    ["a function", () => validEvent],
    ["a list", [validEvent]],
  ])("must be an object: not %s", (_, value) => {
    expect(parseEvent(value).problems).toEqual([
      { code: "bad_type", pointer: "", detail: "the event must be an object" },
    ]);
  });

  it.each<[string, unknown, string[]]>([
    [
      "a Map",
      new Map(Object.entries(validEvent)),
      ["missing_field", "missing_field", "missing_field", "missing_field"],
    ],
    ["inherited fields", Object.create(validEvent), Array(4).fill("missing_field")],
    [
      "a field that is not enumerable",
      Object.defineProperty({ ...validEvent }, "event_id", { enumerable: false }),
      ["missing_field"],
    ],
    ["an object of a class", Object.assign(new (class {})(), validEvent), ["bad_json"]],
    ["a BigInt", { ...validEvent, a: 1n }, ["bad_json"]],
    ["NaN", { ...validEvent, a: { b: Number.NaN } }, ["bad_json"]],
    ["a Date", { ...validEvent, a: new Date(0) }, ["bad_json"]],
    ["toJSON", { ...validEvent, toJSON: () => ({}) }, ["bad_json"]],
    [
      "a hidden toJSON",
      Object.defineProperty({ ...validEvent }, "toJSON", { value: () => undefined }),
      ["bad_json"],
    ],
    [
      "a hidden toJSON that gives another event",
      Object.defineProperty({ ...validEvent }, "toJSON", { value: () => ({ a: 1 }) }),
      Array(4).fill("missing_field"),
    ],
    ["a cycle", cyclic(), ["too_deep"]],
    ["a raw half of a pair in a field", { ...validEvent, event_type: "\ud800" }, ["bad_unicode"]],
  ])("is refused: %s", (_, value, codes) => {
    expect(codesOf(value)).toEqual(codes);
  });

  it("is read once more as text, so that a getter cannot say two things", () => {
    let reads = 0;
    const value = Object.defineProperty({ ...validEvent }, "event_name", {
      enumerable: true,
      get: () => (++reads > 1 ? " " : "login_start"),
    });
    expect(codesOf(value)).toEqual(["empty"]);
  });

  it("that unfolds without end is refused at once", () => {
    let shared: unknown = 1;
    for (let level = 0; level < 29; level++) shared = { a: shared, b: shared };
    expect(codesOf({ ...validEvent, shared })).toEqual(["too_large"]);
  });

  it("never throws, whatever it does", () => {
    const fail = (): never => {
      throw new Error("s3cret");
    };
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const throwing = (trap: string): object => new Proxy({ ...validEvent }, { [trap]: fail });
    const values: unknown[] = [
      ...["get", "ownKeys", "getPrototypeOf", "getOwnPropertyDescriptor"].map(throwing),
      revoked.proxy,
      { ...validEvent, a: revoked.proxy },
      {
        ...validEvent,
        get a(): never {
          return fail();
        },
      },
      {
        ...validEvent,
        get event_id(): never {
          return fail();
        },
      },
      { ...validEvent, event_name: revoked.proxy },
    ];
    for (const value of values) {
      const { event, problems } = parseEvent(value);
      expect(event).toBeUndefined();
      expect(problems?.length).toBeGreaterThan(0);
      expect(JSON.stringify(problems)).not.toContain("s3cret");
    }
  });
});

describe("a problem", () => {
  it.each<[string, unknown]>([
    ["a key", { ...validEvent, __s3cret__: 1n }],
    ["a value", { ...validEvent, a: "s3cret", constructor: "s3cret" }],
    ["a text that is no event", "s3cret"],
  ])("never holds %s of an attribute", (_, value) => {
    const texts = [
      parseEvent(value),
      parseEventText(String(value)),
      parseEventText(JSON.stringify("s3cret")),
    ];
    expect(JSON.stringify(texts)).not.toContain("s3cret");
  });

  it.each([
    ["{", "the event must be one JSON object with each field once"],
    [withMember(`"a":"${"x".repeat(65_536)}"`), "the event must be fewer bytes"],
    [withMember('"a":"\ud800"'), "the event must be well-formed Unicode"],
    [withMember('"constructor":1'), "the event must be without __proto__, constructor and prototype"],
    [withMember(`"a":${"[".repeat(40)}${"]".repeat(40)}`), "the event must be less nested"],
  ])("says what is allowed: %.20s", (text, detail) => {
    expect(parseEventText(text).problems).toMatchObject([{ pointer: "", detail }]);
  });
});

describe("isEvent", () => {
  it("knows events by their brand, also those of another copy of the package", () => {
    expect(isEvent(brandEvent("{}", "i", "t", "y", "n"))).toBe(true);
    expect(isEvent({ [Symbol.for("@activity/event")]: () => {} })).toBe(true);
    for (const value of [null, undefined, validEvent, validEventText, 1]) expect(isEvent(value)).toBe(false);
  });
});

function fields(...names: (keyof typeof validEvent)[]): string {
  return names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(validEvent[name])}`).join(",");
}

function cyclic(): object {
  const value: Record<string, unknown> = { ...validEvent };
  value["self"] = value;
  return value;
}
