import vm from "node:vm";
import { describe, expect, it } from "@jest/globals";
import type { Attributes } from "./activity-event.ts";
import { encodeCarefully } from "./encode-carefully.ts";

/** What is on the wire for attributes, beside the names of those that could not be encoded. */
function encode(...layers: (Attributes | undefined)[]): { json: object; problems: readonly string[] } {
  const { text, problems } = encodeCarefully(layers);
  return { json: JSON.parse(`{${text.slice(1)}}`), problems };
}

const fail = (): never => {
  throw new Error("no");
};

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function nest(depth: number, make: (inner: unknown) => unknown, leaf: unknown = 1): unknown {
  let value = leaf;
  for (let level = 0; level < depth; level++) value = make(value);
  return value;
}

class Point {
  x = 1;
  readonly #hidden = 2;
  get sum(): number {
    return this.x + this.#hidden;
  }
}

describe("what cannot be encoded", () => {
  const cycle: Record<string, unknown> = { a: 1 };
  cycle["self"] = { list: [cycle] };
  const map = new Map<string, unknown>();
  map.set("self", map);
  const stray = new Error("s3cret");
  Object.defineProperty(stray, "message", { get: fail });

  it.each<[string, unknown]>([
    ["a cycle", cycle],
    ["a cycle through a Map", map],
    [
      "a list that holds itself",
      (() => {
        const list: unknown[] = [];
        list.push(list);
        return list;
      })(),
    ],
    ["33 levels with the event and its attributes", nest(32, (inner) => ({ inner }))],
    ["33 levels of lists", nest(32, (inner) => [inner])],
    ["33 levels, the last one empty", nest(31, (inner) => ({ inner }), {})],
    ["10,000 levels", nest(10_000, (inner) => ({ inner }))],
    ["10,000 levels of Maps", nest(10_000, (inner) => new Map([["a", inner]]))],
    [
      "a toJSON without end",
      nest(1, () => {
        const self = { toJSON: () => [{ toJSON: self.toJSON }] };
        return self;
      }),
    ],
    [
      "a getter that throws",
      {
        get a(): never {
          return fail();
        },
      },
    ],
    ["a toJSON that throws", { toJSON: fail }],
    ["a valueOf that throws", Object.assign(new Point(), { valueOf: fail })],
    ["a toString that throws", Object.assign(Object.create({ toString: fail }))],
    ["an error whose message throws", stray],
    ["a revoked proxy", revoked()],
    ["a proxy that does not list its keys", new Proxy({}, { ownKeys: fail })],
    ["an own key __proto__", JSON.parse('{"a":[{"__proto__":{"polluted":true}}]}')],
    ["a Map with the key __proto__", new Map([["__proto__", 1]])],
    ["more values than may be", Array(50_000).fill(1)],
    ["shared objects that unfold without end", nest(30, (inner) => ({ a: inner, b: inner }))],
    ["one text so often that it fills the memory", Array(20_000).fill("x".repeat(1_000_000))],
  ])("costs its attribute only: %s", (_, value) => {
    expect(encode({ before: 1, value, after: 2 })).toEqual({
      json: { before: 1, after: 2 },
      problems: ["value"],
    });
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ["32 levels with the event and its attributes", nest(31, (inner) => ({ inner }))],
    ["32 levels of lists", nest(31, (inner) => [inner])],
    ["32 levels, the last one empty", nest(30, (inner) => ({ inner }), {})],
    ["null in the last level", nest(31, (inner) => [inner], null)],
    ["32 levels of Maps", nest(31, (inner) => new Map([["a", inner]]))],
    [
      "objects that are shared, not nested",
      (() => {
        const one = { a: 1 };
        return [one, one, { one }];
      })(),
    ],
    ["as many values as may be", Array(49_999).fill(1)],
  ])("is not: %s", (_, value) => {
    expect(encode({ value }).problems).toEqual([]);
  });

  it.each<[string, unknown, number]>([
    ["lists", Array(40_000).fill(1), 1],
    ["lists that are too long themselves", Array(60_000).fill(1), 0],
  ])("leaves less and less to those behind it, and a little always: %s", (_, list, encoded) => {
    const lists = Object.fromEntries(Array.from({ length: 200 }, (_item, index) => [`k${index}`, list]));
    const { json, problems } = encode({ ...lists, short: Array(900).fill(1), text: "x".repeat(500_000) });
    expect(problems).toHaveLength(200 - encoded);
    expect(Object.keys(json).slice(-2)).toEqual(["short", "text"]);
  });

  it("is not even listed when it is a Map or Set of too many", () => {
    const listed: string[] = [];
    class LargeMap extends Map {
      override readonly size = 50_001;
      override keys(): MapIterator<unknown> {
        listed.push("a Map");
        return super.keys();
      }
    }
    class LargeSet extends Set {
      override readonly size = 50_001;
      override [Symbol.iterator](): SetIterator<unknown> {
        listed.push("a Set");
        return super[Symbol.iterator]();
      }
    }
    expect(encode({ map: new LargeMap(), set: new LargeSet(), keep: 1 })).toEqual({
      json: { keep: 1 },
      problems: ["map", "set"],
    });
    expect(listed).toEqual([]);
  });

  it("has its levels counted back", () => {
    const deep = nest(30, (inner) => ({ inner }));
    expect(encode({ value: [deep, deep, [[]], 1] }).problems).toEqual([]);
    expect(encode({ value: [deep, deep, [deep], 1] }).problems).toEqual(["value"]);
  });
});

describe("keys", () => {
  it.each([
    ...["event_id", "event_time", "event_type", "event_name", "truncated", "truncated_attributes"],
    ...[
      "truncated_attributes_omitted",
      "encoding_problems",
      "encoding_problems_omitted",
      "attributes_omitted",
    ],
    ...["__proto__", "constructor", "prototype"],
  ])("cannot be %s at the top", (key) => {
    const attributes = Object.fromEntries([
      [key, "evil"],
      ["keep", 1],
    ]);
    expect(encode(attributes)).toEqual({ json: { keep: 1 }, problems: [key] });
    expect(encode(new Map([[key, "evil"]]) as unknown as Attributes).problems).toEqual([key]);
  });

  it("may be anything else, also empty, odd and long", () => {
    const attributes = {
      ...JSON.parse('{"then":"x"}'),
      "": 1,
      attributes: { x: 1 },
      toJSON: "t",
      length: 3,
      'a"b\\\n': 2,
      é: 3,
    };
    expect(encode(attributes)).toEqual({ json: attributes, problems: [] });
  });

  it("have whole surrogate pairs only", () => {
    const { text } = encodeCarefully([{ "a\ud800": { "\udc00b": 1 }, "\u{1f600}": 2 }]);
    expect(text).toBe(',"a\ufffd":{"\ufffdb":1},"\u{1f600}":2');
  });

  it.each([
    [246, 246, 0],
    [247, 246, 1],
    [256, 246, 10],
    [200_000, 246, 199_754],
  ])("%p of them: %p kept, %p counted", (count, kept, omitted) => {
    const many = Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));
    const encoded = encodeCarefully([many]);
    expect(encoded.omitted).toBe(omitted);
    expect(Object.keys(JSON.parse(`{${encoded.text.slice(1)}}`))).toHaveLength(kept);
  });

  it("beyond the last are not even read", () => {
    const many: Record<string, unknown> = Object.fromEntries(
      Array.from({ length: 246 }, (_, i) => [`k${i}`, i]),
    );
    Object.defineProperty(many, "late", { enumerable: true, get: fail });
    expect(encodeCarefully([many])).toMatchObject({ problems: [], omitted: 1 });
  });

  it("that are left out take no place", () => {
    const many: Record<string, unknown> = { gone: undefined, event_id: 1 };
    for (let index = 0; index < 246; index++) many[`k${index}`] = index;
    expect(encodeCarefully([many])).toMatchObject({ problems: ["event_id"], omitted: 0 });
  });
});

describe("layers", () => {
  it("lie over each other, the last on top", () => {
    const layers = [{ a: 1, b: 1, c: 1 }, undefined, { b: 2, c: 2 }, { c: 3 }];
    expect(encode(...layers).json).toEqual({ a: 1, b: 2, c: 3 });
  });

  it("can take away what is under them", () => {
    expect(encode({ a: 1, b: 1 }, { a: undefined }).json).toEqual({ b: 1 });
  });

  it("read each attribute from where it stands", () => {
    expect(
      encode(
        {
          get a(): never {
            return fail();
          },
        },
        { a: 2 },
      ),
    ).toEqual({ json: { a: 2 }, problems: [] });
  });

  it.each<[string, unknown, object]>([
    [
      "a Map",
      new Map<unknown, unknown>([
        ["a", 1],
        ["b", new Set([2])],
      ]),
      { a: 1, b: [2] },
    ],
    ["an error", Object.assign(new Error("m"), { stack: "s" }), { name: "Error", message: "m", stack: "s" }],
    ["an object of a class", new Point(), { x: 1 }],
    ["an object of another realm", vm.runInNewContext("({ a: 1 })"), { a: 1 }],
    ["an object without a prototype", Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ["an object with a key valueOf", { valueOf: "v", toString: 1 }, { valueOf: "v", toString: 1 }],
  ])("may be %s", (_, layer, json) => {
    expect(encode(layer as Attributes)).toEqual({ json, problems: [] });
  });

  it.each<[string, unknown]>([
    ["a revoked proxy", revoked()],
    ["a proxy that does not list its keys", new Proxy({}, { ownKeys: fail })],
    ["a Set", new Set(["a"])],
    ["a Map with other keys than texts", new Map([[1, "a"]])],
    ["a list", [1]],
    ["bytes", new Uint8Array(3)],
    ["a text", "text"],
    ["a boxed text", Object("text")],
    ["a number", 5],
    ["a Date", new Date(0)],
    ["a promise", Promise.resolve({ a: 1 })],
    ["a RegExp", /a/],
    ["a function", fail],
  ])("that have no attributes are named as a whole: %s", (_, layer) => {
    expect(encode({ keep: 1 }, layer as Attributes)).toEqual({
      json: { keep: 1 },
      problems: ["(attributes)"],
    });
  });
});
