import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { createdEventMaxAttributes, maxDepth } from "../limits.ts";
import type { Attributes } from "./activity-event.ts";
import { encodeCarefully, forbiddenKeys } from "./encode-carefully.ts";
import { encodeQuickly } from "./encode-quickly.ts";

const quickly = (attributes: unknown): string | undefined =>
  encodeQuickly(attributes as Attributes, forbiddenKeys, createdEventMaxAttributes);

const many = (count: number): Attributes =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));

const nested = (depth: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
};

class Span extends Date {
  override toJSON(): string {
    return nested(40) as string; // A date's says that it gives a text.
  }
}

describe("the quick way", () => {
  it.each<[string, Attributes]>([
    ["nothing at all", {}],
    ["flat attributes", { a: "text", b: 1.5, c: true, d: -0 }],
    ["lists and objects", { a: [1, "b", [false]], b: { c: { d: "e" } } }],
    ["a Date", { at: new Date(0), list: [1] }],
    ["what is left out", { a: undefined, f: () => 1, s: Symbol("s"), keep: 1 }],
    ["escapes", { a: '"\\\n\u2028', é: "\u{1f600}" }],
    ["no prototype", Object.assign(Object.create(null), { a: 1 })],
    ["as many attributes as may be", many(createdEventMaxAttributes)],
    ["as many levels as may be", { a: nested(maxDepth - 1) }],
    ["a text named toJSON", { toJSON: "text" }],
  ])("gives the text of JSON: %s", (_, attributes) => {
    expect(quickly(attributes)).toBe(JSON.stringify(attributes).slice(1));
  });

  it.each<[string, unknown]>([
    ["null, which may have been NaN", { a: null }],
    ["NaN", { a: Number.NaN }],
    ["Infinity in a list", { a: [Number.POSITIVE_INFINITY] }],
    ["a Map", { a: new Map([[1, 2]]) }],
    ["a Set in a list", { a: [new Set([1])] }],
    ["an error", { a: Object.assign(new Error("e"), { code: "E" }) }],
    ["an invalid Date", { a: new Date(Number.NaN) }],
    ["bytes", { a: new Uint8Array(2) }],
    ["an object of a class", { a: { b: Object.assign(new (class Thing {})(), { c: 1 }) } }],
    ["half of a surrogate pair", { a: "\ud800" }],
    ["half of a pair in a key", { "\udc00": 1 }],
    ["a BigInt", { a: 1n }],
    ["a hole", { a: Object.assign([1], { 2: 3 }) }],
    [
      "a getter that throws",
      {
        get a(): never {
          throw new Error("no");
        },
      },
    ],
    ["attributes with a toJSON of their own", { a: 1, toJSON: () => ({ b: 2 }) }],
    [
      "attributes whose class has one",
      new (class Attrs {
        a = 1;
        toJSON(): object {
          return { b: 2 };
        }
      })(),
    ],
    ["an object of a class", Object.assign(new (class Attrs {})(), { a: 1 })],
    ["an error with members of its own", Object.assign(new Error("e"), { code: "E" })],
    ["a Map with members of its own", Object.assign(new Map(), { a: 1 })],
    ["a function that JSON asks", { a: Object.assign(() => 1, { toJSON: () => Number.NaN }) }],
    ["a date of a class that says itself otherwise", { a: new Span() }],
    ["a date that says itself otherwise", { a: Object.assign(new Date(0), { toJSON: () => nested(40) }) }],
    ["a reserved key", { truncated: true }],
    ["a key __proto__", JSON.parse('{"__proto__":1}')],
    ["a nested key __proto__", { a: JSON.parse('{"__proto__":1}') }],
    ["a key constructor", { constructor: 1 }],
    ["too many attributes", many(createdEventMaxAttributes + 1)],
    ["too many levels", { a: nested(maxDepth) }],
    ["too many values", { a: Array(60_000).fill(1) }],
    ["a list", [1, 2]],
    ["a text", "text"],
    ["undefined", undefined],
    ["a Map", new Map([["a", 1]])],
  ])("leaves to the careful one: %s", (_, attributes) => {
    expect(quickly(attributes)).toBeUndefined();
  });

  it("leaves keys that something else has too", () => {
    expect(encodeQuickly({ a: 1 }, new Set(["a"]), 5)).toBeUndefined();
    expect(encodeQuickly({ a: 1 }, new Set(["b"]), 0)).toBeUndefined();
    expect(encodeQuickly({ a: 1 }, new Set(["b"]), 1)).toBe('"a":1}');
  });

  it("leaves what unfolds without end before it does", () => {
    let shared: unknown = 1;
    for (let level = 0; level < 30; level++) shared = { a: shared, b: shared };
    expect(quickly({ a: 1, shared })).toBeUndefined();
  });

  it("agrees with the careful way wherever it answers", () => {
    let answered = 0;
    fc.assert(
      fc.property(attributesOfAnything(), (attributes) => {
        const quick = quickly(attributes);
        if (quick === undefined) return;
        answered++;
        const { text, problems, omitted } = encodeCarefully([attributes]);
        expect(`{${quick}`).toBe(`{${text.slice(1)}}`);
        expect([problems, omitted]).toEqual([[], 0]);
      }),
      { numRuns: 3_000, seed: 1 },
    );
    expect(answered).toBeGreaterThan(500);
    expect(answered).toBeLessThan(2_500);
  });
});

function attributesOfAnything(): fc.Arbitrary<Attributes> {
  const odd = fc.constantFrom<unknown>(
    ...[undefined, null, Number.NaN, -0, 1n, Symbol("s"), () => 1, new Date(0), new Date(Number.NaN)],
    ...[
      new Map([["a", 1]]),
      new Set([1]),
      new Error("e"),
      /x/,
      new URL("https://example.com"),
      Object("boxed"),
    ],
    ...[
      new Uint8Array(2),
      Object.create(null),
      { toJSON: () => 1 },
      "\ud800",
      "null",
      "{}",
      "\\ud800",
      {},
      [],
    ],
  );
  const plain = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.boolean());
  const value = fc.oneof(
    { weight: 6, arbitrary: plain },
    { weight: 1, arbitrary: odd },
    { weight: 2, arbitrary: fc.jsonValue() },
    { weight: 1, arbitrary: fc.array(fc.oneof(plain, odd), { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.dictionary(fc.string(), fc.oneof(plain, odd), { maxKeys: 3 }) },
  );
  return fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("toJSON", "__proto__", "truncated")), value, {
    maxKeys: 4,
  });
}
