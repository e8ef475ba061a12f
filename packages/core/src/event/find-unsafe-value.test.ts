import vm from "node:vm";
import { describe, expect, it } from "@jest/globals";
import { findUnsafeValue, isPlain } from "./find-unsafe-value.ts";

const look = (value: unknown, depth = 32, values = 1_000): string | undefined =>
  findUnsafeValue(value, depth, { values });

const sparse: unknown[] = [1];
sparse[2] = 3;

describe("a value that passes as JSON", () => {
  it.each<[string, unknown]>([
    ["texts", "a"],
    ["the empty text", ""],
    ["numbers", -1.5e300],
    ["minus zero", -0],
    ["true", true],
    ["false", false],
    ["null", null],
    ["undefined, which is left out", { a: undefined }],
    ["lists", [1, [2, [3, null]]]],
    ["objects", { a: { b: {} } }],
    ["objects without a prototype", Object.create(null)],
    ["objects of another realm", vm.runInNewContext("({ a: [1, {}] })")],
    ["keys like those of every object", { toString: 1, hasOwnProperty: 2, constructor: 3 }],
  ])("may be %s", (_, value) => {
    expect(look(value)).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ["NaN", Number.NaN],
    ["Infinity", Number.POSITIVE_INFINITY],
    ["a BigInt", 1n],
    ["a symbol", Symbol("s")],
    ["a function", () => 1],
    ["a Date", new Date(0)],
    ["a Map", new Map()],
    ["a Set", new Set()],
    ["an error", new Error("e")],
    ["a typed array", new Uint8Array(1)],
    ["a boxed text", Object("a")],
    ["an object of a class", new (class {})()],
    ["a Map of another realm", vm.runInNewContext("new Map()")],
    ["an object with toJSON", { toJSON: () => 1 }],
    ["a hole, which would become null", sparse],
    ["undefined in a list, which would too", [undefined]],
    ["what a list has beside its items, which would go", Object.assign([1], { more: 1 })],
  ])("is not %s", (_, value) => {
    expect(look(value)).toBe("bad_json");
    expect(look({ a: [value] })).toBe("bad_json");
  });

  it.each([
    [1, { a: 1 }, undefined],
    [1, { a: {} }, "too_deep"],
    [1, { a: [] }, "too_deep"],
    [2, { a: {} }, undefined],
    [2, [[1]], undefined],
    [2, [[[]]], "too_deep"],
  ])("is nested at most so deep: %p levels", (depth, value, code) => {
    expect(look(value, depth)).toBe(code);
  });

  it("has no key __proto__ of its own, however deep", () => {
    expect(look(JSON.parse('{"a":[{"__proto__":1}]}'))).toBe("forbidden_key");
    expect(look(JSON.parse('{"__proto__":1}'))).toBe("forbidden_key");
  });

  it("has no more values than the budget", () => {
    expect(look([1, 2, 3], 32, 4)).toBeUndefined();
    expect(look([1, 2, 3], 32, 3)).toBe("too_large");
    expect(look("a".repeat(2_000), 32, 3)).toBeUndefined();
    expect(look("a".repeat(2_001), 32, 3)).toBe("too_large");
  });

  it("is left at once when it unfolds without end", () => {
    let shared: unknown = 1;
    for (let level = 0; level < 30; level++) shared = { a: shared, b: shared };
    expect(look(shared)).toBe("too_large");
  });
});

describe("a plain object", () => {
  it("has a prototype without one, or none", () => {
    expect([{}, Object.create(null), vm.runInNewContext("({})")].map(isPlain)).toEqual([true, true, true]);
    expect([new Date(0), new Map(), Object.create({})].map(isPlain)).toEqual([false, false, false]);
  });
});
