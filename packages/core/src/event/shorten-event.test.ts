import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { createdEventMinBytes } from "../limits.ts";
import { createEvent } from "./create-event.ts";
import { encodeCarefully } from "./encode-carefully.ts";
import { parseEventText } from "./parse-event.ts";
import { listNames, shortenAttributes, surelyFits } from "./shorten-event.ts";
import { utf8Bytes } from "./utf8.ts";
import { isWellFormed } from "./well-formed.ts";

interface Marks {
  readonly truncated?: boolean;
  readonly truncated_attributes?: readonly string[];
  readonly truncated_attributes_omitted?: number;
}

function shorten(attributes: object, maxBytes: number): Record<string, unknown> & Marks {
  const text = shortenAttributes(encodeCarefully([{ ...attributes }]).text, maxBytes);
  expect(utf8Bytes(text)).toBeLessThanOrEqual(maxBytes);
  expect(isWellFormed(text)).toBe(true);
  expect(text).not.toMatch(/\\ud[89a-f]/);
  return JSON.parse(`{${text.slice(1)}}`);
}

describe("attributes that fit", () => {
  it.each([
    ["ASCII", "a", 1],
    ["two bytes", "é", 2],
    ["three bytes", "支", 3],
    ["surrogate pairs", "\u{1f600}", 4],
    ["escapes", "\n", 2],
    ["control characters", "\u0001", 6],
  ])("stay as they are up to the last byte: %s", (_, fill, bytes) => {
    const text = encodeCarefully([{ a: fill.repeat(100) }]).text;
    const size = ',"a":""'.length + 100 * bytes;
    expect(shortenAttributes(text, size)).toBe(text);
    expect(shorten({ a: fill.repeat(100) }, size - 1)).toMatchObject({ truncated: true });
  });

  it("surely do when three bytes for every character fit", () => {
    expect([surelyFits(10, 30), surelyFits(10, 29), surelyFits(0, 0)]).toEqual([true, false, true]);
  });
});

describe("texts that are too long", () => {
  it.each([
    ["ASCII", "a"],
    ["two bytes", "é"],
    ["three bytes", "支"],
    ["surrogate pairs", "\u{1f600}"],
    ["surrogate pairs that start at odd places", "a\u{1f600}\u{1f600}"],
    ["escapes", '"\\'],
    ["control characters", "\u0001"],
  ])("end in … and never in half a character: %s", (_, fill) => {
    const whole = fill.repeat(3_000);
    for (const maxBytes of [200, 201, 202, 203, 1_000, 1_001, 1_002, 1_003]) {
      const { a, ...marks } = shorten({ a: whole }, maxBytes);
      const text = String(a);
      expect(text.endsWith("…")).toBe(true);
      expect(whole.startsWith(text.slice(0, -1))).toBe(true);
      expect(text.length).toBeGreaterThan(10);
      expect(marks).toEqual({ truncated: true, truncated_attributes: ["a"] });
    }
  });

  it("are as long as fits, to a 64th of it", () => {
    const cuts = [400, 1_000, 32_000].map((maxBytes) => {
      const { a, ...marks } = shorten({ a: "x".repeat(maxBytes + 1) }, maxBytes);
      return (maxBytes - String(a).length - JSON.stringify(marks).length) / maxBytes;
    });
    for (const unused of cuts) expect(unused).toBeLessThan(1 / 64 + 10 / 400); // Ten for the punctuation.
  });

  it("are all as long as fits, to a 64th of it each", () => {
    const long = "x".repeat(40_000);
    for (const texts of [1, 2, 3, 5, 7]) {
      const given = Object.fromEntries(Array.from({ length: texts }, (_, index) => [`k${index}`, long]));
      const unused = 32_000 - JSON.stringify(shorten(given, 32_000)).length;
      // An "…" has three bytes.
      expect(unused).toBeLessThan(texts * (32_000 / 64 + 2));
    }
  });

  it("pay before those that are shorter", () => {
    const short = shorten({ long: "x".repeat(5_000), medium: "y".repeat(300), n: 1 }, 2_000);
    expect(short).toMatchObject({ medium: "y".repeat(300), n: 1, truncated_attributes: ["long"] });
  });

  it("are named only when they were shortened", () => {
    const quoted = '"'.repeat(480);
    expect(shorten({ long: "x".repeat(5_000), quoted }, 2_000)).toMatchObject({
      quoted,
      truncated_attributes: ["long"],
    });
  });

  it("may be many of medium length", () => {
    const many = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [`k${index}`, "é".repeat(300)]),
    );
    const short = shorten(many, 32_000);
    expect(Object.keys(short)).toHaveLength(203);
    expect(short.truncated_attributes).toEqual(Object.keys(many).slice(0, 32));
    expect(short.truncated_attributes_omitted).toBe(168);
  });
});

describe("other values that are too large", () => {
  it("are removed and named", () => {
    const list = Array.from({ length: 1_000 }, (_, index) => index);
    expect(shorten({ list, object: { list }, keep: [1, 2], text: "t" }, 1_000)).toEqual({
      keep: [1, 2],
      text: "t",
      truncated: true,
      truncated_attributes: ["list", "object"],
    });
  });

  it("stay when they are as long as the bound", () => {
    const list = "1".repeat(198).split("").map(Number).slice(0, 99); // [1,1,…] has 199 characters.
    expect(shorten({ list: [...list, 11], long: "x".repeat(5_000) }, 402)).not.toHaveProperty("list");
    expect(shorten({ list, long: "x".repeat(5_000) }, 800)).toMatchObject({ list });
  });
});

describe("keys", () => {
  it("that are huge are removed with their values, and named shortly", () => {
    const key = "k".repeat(5_000);
    expect(shorten({ [key]: 1, keep: 2 }, 1_000)).toEqual({
      keep: 2,
      truncated: true,
      truncated_attributes: [`${"k".repeat(63)}…`],
    });
  });

  it("are never named by half a character", () => {
    const key = `${"k".repeat(62)}${"\u{1f600}".repeat(2_000)}`;
    expect(shorten({ [key]: 1 }, 1_000).truncated_attributes).toEqual([`${"k".repeat(62)}…`]);
  });

  it("that are empty or look like numbers stay", () => {
    expect(shorten({ "": "x".repeat(5_000), 7: "y" }, 500)).toMatchObject({
      7: "y",
      truncated_attributes: [""],
    });
  });
});

describe("a list of names", () => {
  it.each([
    [0, ""],
    [1, ',"k":["n0"]'],
    [32, `,"k":${JSON.stringify(names(32))}`],
    [33, `,"k":${JSON.stringify(names(32))},"k_omitted":1`],
    [100, `,"k":${JSON.stringify(names(32))},"k_omitted":68`],
  ])("has 32 at most and then a count: %p", (count, text) => {
    expect(listNames("k", names(count))).toBe(text);
  });

  it("has 64 characters of a name at most", () => {
    expect(listNames("k", ["n".repeat(64)])).toBe(`,"k":["${"n".repeat(64)}"]`);
    expect(listNames("k", ["n".repeat(65)])).toBe(`,"k":["${"n".repeat(63)}…"]`);
  });
});

describe("whatever the attributes are", () => {
  const text = fc
    .tuple(fc.constantFrom("a", "é", "支", "\u{1f600}", "\n", "\u0001", '"', "a\u{1f600}"), fc.nat(20_000))
    .map(([fill, count]) => fill.repeat(count));
  const value = fc.oneof(text, fc.array(text, { maxLength: 3 }), fc.jsonValue());
  const attributes = fc.dictionary(fc.oneof(fc.string({ maxLength: 5 }), text), value, { maxKeys: 8 });

  it("the whole event keeps within its bytes and can be parsed", () => {
    let truncated = 0;
    fc.assert(
      fc.property(
        attributes,
        fc.integer({ min: createdEventMinBytes, max: 20_000 }),
        fc.boolean(),
        (given, maxBytes, odd) => {
          const odds = odd
            ? { id: '"'.repeat(128), type: "\u0001a".repeat(64), name: "支".repeat(256) }
            : undefined;
          const event = createEvent({ type: "log", name: "any", attributes: given, maxBytes, ...odds });
          expect(utf8Bytes(event.text)).toBeLessThanOrEqual(maxBytes);
          expect(parseEventText(event.text).problems).toBeUndefined();
          if (event.toJSON()["truncated"] === true) truncated++;
        },
      ),
      { numRuns: 300, seed: 1 },
    );
    expect(truncated).toBeGreaterThan(100);
  });

  it("and however many they are", () => {
    for (const fill of ["a", "支", "\u0001"]) {
      const many = Object.fromEntries(
        Array.from({ length: 300 }, (_, i) => [`${fill.repeat(300)}${i}`, fill.repeat(3_000)]),
      );
      const event = createEvent({
        type: "log",
        name: "any",
        attributes: many,
        maxBytes: createdEventMinBytes,
      });
      expect(utf8Bytes(event.text)).toBeLessThanOrEqual(createdEventMinBytes);
      expect(event.toJSON()).toMatchObject({
        truncated: true,
        truncated_attributes_omitted: expect.any(Number),
      });
    }
  });
});

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `n${index}`);
}
