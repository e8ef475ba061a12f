import vm from "node:vm";
import { describe, expect, it } from "@jest/globals";
import type { Attributes } from "./activity-event.ts";
import { encodeCarefully, isError } from "./encode-carefully.ts";

/** What is on the wire for attributes, beside the names of those that could not be encoded. */
function encode(...layers: (Attributes | undefined)[]): { json: object; problems: readonly string[] } {
  const { text, problems } = encodeCarefully(layers);
  return { json: JSON.parse(`{${text.slice(1)}}`), problems };
}

/** What becomes of one value, also inside a list and an object. */
function convert(value: unknown): unknown {
  const { json, problems } = encode({ value, list: [value], object: { value } });
  expect(problems).toEqual([]);
  const {
    value: top,
    list,
    object,
  } = json as { value: unknown; list: unknown[]; object: { value: unknown } };
  expect(object.value).toEqual(top);
  expect(list[0] ?? undefined).toEqual(top ?? undefined);
  return top;
}

const fail = (): never => {
  throw new Error("no");
};

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

class Point {
  x = 1;
  readonly #hidden = 2;
  get sum(): number {
    return this.x + this.#hidden;
  }
}

class Money {
  cents = 5;
  toJSON(): string {
    return `${this.cents} ct`;
  }
}

const sparse: unknown[] = [1];
sparse[2] = 3;

describe("a value that JSON can hold", () => {
  it.each<[string, unknown]>([
    ["text", 'é \u{1f600} \u0000 " \\ \u2028'],
    ["a number", 0.1 + 0.2],
    ["a large number", 1e21],
    ["true", true],
    ["null", null],
    ["an empty object", {}],
    ["an empty list", []],
    ["an object", { a: [1, { b: null }] }],
    ["keys like those of every object", { toString: 1, valueOf: 2, hasOwnProperty: 3, length: 4 }],
    ["an object of another realm", vm.runInNewContext("({ a: [{}] })")],
    ["an empty object of another realm", vm.runInNewContext("({})")],
  ])("stays: %s", (_, value) => {
    expect(convert(value)).toEqual(value);
  });

  it("has its integers and fractions spelled as JSON spells them", () => {
    expect(encodeCarefully([{ zero: -0, big: 1e21, small: 1e-7 }]).text).toBe(
      ',"zero":0,"big":1e+21,"small":1e-7',
    );
  });
});

describe("a value that JSON cannot hold", () => {
  const boxed: unknown[] = ["a", 1, true, 1n].map((value) => Object(value));
  it.each<[string, unknown, unknown]>([
    ["a Date", new Date(0), "1970-01-01T00:00:00.000Z"],
    ["a Date that is none", new Date(Number.NaN), "Invalid Date"],
    ["a BigInt", 18_446_744_073_709_551_617n, "18446744073709551617"],
    ["NaN", Number.NaN, "NaN"],
    ["Infinity", Number.POSITIVE_INFINITY, "Infinity"],
    ["-Infinity", Number.NEGATIVE_INFINITY, "-Infinity"],
    [
      "a Map with texts for keys",
      new Map<string, unknown>([
        ["a", 1n],
        ["b", new Map()],
      ]),
      { a: "1", b: {} },
    ],
    [
      "a Map with other keys",
      new Map<unknown, unknown>([
        [1, "a"],
        ["b", 2],
      ]),
      [
        [1, "a"],
        ["b", 2],
      ],
    ],
    ["a Set", new Set([1, "a", new Set()]), [1, "a", []]],
    ["a URL", new URL("https://example.com/a?b=c"), "https://example.com/a?b=c"],
    ["search parameters", new URLSearchParams("a=1&b=2"), "a=1&b=2"],
    ["a RegExp", /a+/gi, "/a+/gi"],
    ["a promise", Promise.resolve(1), "[object Promise]"],
    ["a WeakMap", new WeakMap(), "[object WeakMap]"],
    ["an ArrayBuffer", new ArrayBuffer(2), "[object ArrayBuffer]"],
    ["a DataView", new DataView(new ArrayBuffer(2)), "[object DataView]"],
    ["bytes", new Uint8Array([1, 255]), [1, 255]],
    ["no bytes", new Uint8Array(), []],
    ["floats", new Float64Array([0.5, Number.NaN]), [0.5, "NaN"]],
    ["64-bit integers", new BigInt64Array([-1n]), ["-1"]],
    ["a Buffer, which says itself", Buffer.from("hi"), { type: "Buffer", data: [104, 105] }],
    ["a boxed text", boxed[0], "a"],
    ["a boxed number", boxed[1], 1],
    ["a boxed NaN", Object(Number.NaN), "NaN"],
    ["a boxed boolean", boxed[2], true],
    ["a boxed BigInt", boxed[3], "1"],
    ["a list with holes", sparse, [1, null, 3]],
    ["a list with undefined, a function and a symbol", [undefined, fail, Symbol("s")], [null, null, null]],
    ["an object without a prototype", Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ["an object of a class", new Point(), { x: 1 }],
    ["an object of a class without anything to see", new (class Hidden {})(), "[object Object]"],
    ["an object with toJSON", new Money(), "5 ct"],
    [
      "an object whose toJSON gives what JSON cannot hold",
      { toJSON: () => new Map([["a", 1n]]) },
      { a: "1" },
    ],
    ["an object whose valueOf is a text", Object.assign(new Point(), { valueOf: () => "P" }), "P"],
    ["a Map of another realm", vm.runInNewContext("new Map([[1, 2]])"), "[object Map]"],
  ])("is converted: %s", (_, value, json) => {
    expect(convert(value)).toEqual(json);
  });

  it.each<[string, unknown]>([
    ["undefined", undefined],
    ["a function", fail],
    ["a class", Point],
    ["a symbol", Symbol("s")],
    ["a boxed symbol", Object(Symbol("s"))],
    ["an object whose toJSON gives undefined", { toJSON: () => undefined }],
  ])("is left out without a word: %s", (_, value) => {
    expect(encode({ value, object: { value }, keep: 7 })).toEqual({
      json: { object: {}, keep: 7 },
      problems: [],
    });
  });

  it("has keys of text only", () => {
    expect(encode({ [Symbol("s")]: 1, a: { [Symbol("s")]: 1 } }).json).toEqual({ a: {} });
  });
});

describe("an error", () => {
  it("keeps its name, message, stack and causes", () => {
    const cause = new RangeError("inner", { cause: "why" });
    const error = new TypeError("outer", { cause });
    expect(convert(error)).toEqual({
      name: "TypeError",
      message: "outer",
      stack: error.stack,
      cause: { name: "RangeError", message: "inner", stack: cause.stack, cause: "why" },
    });
  });

  it("keeps the code that Node gives, and not what else is on it", () => {
    const error = Object.assign(new Error("gone"), { code: "ENOENT", secret: 1 });
    expect(convert(error)).toMatchObject({ message: "gone", code: "ENOENT" });
    expect(convert(error)).not.toHaveProperty("secret");
  });

  it("keeps the errors that it stands for", () => {
    const errors = [new Error("a"), new Error("b")];
    expect(convert(new AggregateError(errors, "both"))).toMatchObject({
      name: "AggregateError",
      message: "both",
      errors: [{ message: "a" }, { message: "b" }],
    });
  });

  it("of another realm is one too", () => {
    const foreign: unknown = vm.runInNewContext('new RangeError("far")');
    expect(foreign).not.toBeInstanceOf(Error);
    expect(convert(foreign)).toMatchObject({ name: "RangeError", message: "far" });
    expect([foreign, new DOMException("a"), { message: "a" }, null].map(isError)).toEqual([
      true,
      new DOMException("a") instanceof Error,
      false,
      false,
    ]);
    expect(() => isError(revoked())).toThrow(TypeError);
  });

  it("is what it is, whatever a plain object says of itself", () => {
    const posing = { [Symbol.toStringTag]: "Error", a: 1 };
    expect(convert(posing)).toEqual({ a: 1 });
  });

  it("with a toJSON says itself", () => {
    expect(convert(Object.assign(new Error("a"), { toJSON: () => ({ status: 404 }) }))).toEqual({
      status: 404,
    });
  });

  it("that is its own cause, or has causes without end, costs its attribute", () => {
    const circular = new Error("round");
    circular.cause = circular;
    let chain = new Error("deepest");
    for (let level = 0; level < 40; level++) chain = new Error("outer", { cause: chain });
    expect(encode({ circular, chain, keep: 1 })).toEqual({
      json: { keep: 1 },
      problems: ["circular", "chain"],
    });
  });
});

describe("halves of surrogate pairs", () => {
  it.each([
    ["\ud800", "\ufffd"],
    ["a\udc00b", "a\ufffdb"],
    ["\udc00\ud800", "\ufffd\ufffd"],
    ["\ud800\ud800\udc00", "\ufffd\u{10000}"],
    ["\\\ud800", "\\\ufffd"],
    ["\\\\\ud800", "\\\\\ufffd"],
    ['"\ud800', '"\ufffd'],
    ["\\ud800", "\\ud800"],
    ["\\\\ud800", "\\\\ud800"],
    ["C:\\udev\\udcff", "C:\\udev\\udcff"],
    ["\u{1f600}", "\u{1f600}"],
  ])("become U+FFFD: %j", (text, json) => {
    expect(convert(text)).toBe(json);
  });

  it("become U+FFFD in names, also of what was left out", () => {
    const { json, problems } = encode({
      "a\ud800": 1,
      "b\ud800": () => 1,
      "c\ud800": { toJSON: () => fail() },
    });
    expect([json, problems]).toEqual([{ "a\ufffd": 1 }, ["c\ufffd"]]);
  });

  it("cost what has the name that another became already, and name it", () => {
    const { json, problems } = encode({ "a\ud800": 1, "a\udfff": 2, b: 3 }, { "a\ufffd": 4 });
    expect([json, problems]).toEqual([{ "a\ufffd": 1, b: 3 }, ["a\ufffd", "a\ufffd"]]);
    expect(encodeCarefully([{ "a\ud800": 1, "a\ufffd": 2 }]).text).toBe(',"a\ufffd":1');
  });

  it("cost the attribute in which two names become one", () => {
    const { json, problems } = encode({
      twice: { list: [{ "a\ud800": 1, "a\udfff": 2 }] },
      once: { "a\ud800": 1, a: { "a\udfff": 2 } },
    });
    expect([json, problems]).toEqual([{ once: { "a\ufffd": 1, a: { "a\ufffd": 2 } } }, ["twice"]]);
  });

  it("are found behind five million backslashes", () => {
    const text = `${"\\".repeat(5_000_000)}\ud800`;
    expect(encode({ text }).json).toEqual({ text: `${"\\".repeat(5_000_000)}\ufffd` });
  });
});
