import { describe, expect, it } from "@jest/globals";
import { createClient } from "../client/create-client.ts";
import type { Problem } from "../errors/problem.ts";
import { eventLimits } from "../limits.ts";
import { createOutbox } from "../outbox/outbox.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import { recordingTransport } from "../testing/recording-transport.ts";
import { parseEventText } from "./parse-event.ts";

type Members = Record<string, unknown>;

/** Of the processor, since some of these values make careless code run for minutes. */
const boundMs = 3_000;

/** Sends a call between two good events through an outbox; what arrived in between, and what was told. */
async function between(type: unknown, name: unknown, attributes?: unknown) {
  const transport = recordingTransport();
  const problems: Problem[] = [];
  const client = createClient({
    sink: createOutbox(transport, createMemoryStore(), { clock: fakeClock() }),
    service: { name: "cases" },
    onProblem: (problem) => problems.push(problem),
  });
  const before = process.cpuUsage();
  client.track("good", { n: 1 });
  client.record(type as string, name as string, attributes as Members);
  client.track("good", { n: 2 });
  await client.flush();
  const { user, system } = process.cpuUsage(before);
  const arrived = transport.arrived.map((text) => {
    expect(parseEventText(text).problems).toBeUndefined();
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(eventLimits.maxBytes);
    return JSON.parse(text) as Members;
  });
  const good = arrived.filter((event) => event["event_name"] === "good");
  expect(good.map(({ n }) => n)).toEqual([1, 2]);
  expect((user + system) / 1_000).toBeLessThan(boundMs);
  const { recorded, delivered, refused } = client.stats();
  expect(recorded).toBe(delivered);
  expect(recorded + refused).toBe(3);
  return { event: arrived.find((event) => event["event_name"] !== "good"), problems };
}

const withAttributes = (attributes: unknown) => between("behavioral", "bad", attributes);

function nest(depth: number, make: (inner: unknown) => unknown): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = make(value);
  return value;
}

const numbered = (count: number, value: unknown): Members =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, value]));

const throwing = (): never => {
  throw new Error("no");
};

const sparse: unknown[] = [1];
sparse[2] = 3;

function cyclic(): Members {
  const value: Members = { k: 1 };
  value["self"] = value;
  return value;
}

describe("a value that JSON changes or cannot hold, between two good events", () => {
  const typed = Object.fromEntries(
    [Int8Array, Uint8ClampedArray, Int16Array, Uint32Array, Float32Array].map((make) => [
      make.name,
      make.of(1, 2),
    ]),
  );

  it.each<[string, Members, Members]>([
    ["a BigInt above 2⁵³", { a: 18_446_744_073_709_551_617n }, { a: "18446744073709551617" }],
    [
      "a negative BigInt, nested",
      { rows: [{ id: -(2n ** 80n) }] },
      { rows: [{ id: "-1208925819614629174706176" }] },
    ],
    ["BigInts as keys and values of a Map", { m: new Map([[1n, 2n]]) }, { m: [["1", "2"]] }],
    ["NaN", { price: Number.NaN }, { price: "NaN" }],
    ["infinities", { a: Infinity, b: [-Infinity] }, { a: "Infinity", b: ["-Infinity"] }],
    [
      "numbers at the edges",
      { a: -0, b: 1e21, c: 0.1 + 0.2, d: 5e-324, e: 1.7976931348623157e308 },
      { a: 0, b: 1e21, c: 0.1 + 0.2, d: 5e-324, e: 1.7976931348623157e308 },
    ],
    ["a Map and a Set", { m: new Map([["a", 1]]), s: new Set(["b"]) }, { m: { a: 1 }, s: ["b"] }],
    ["Maps in Sets in lists", { l: [new Set([new Map([["a", new Set([1])]])])] }, { l: [[{ a: [1] }]] }],
    [
      "dates",
      { at: new Date(0), broken: new Date(Number.NaN) },
      { at: "1970-01-01T00:00:00.000Z", broken: "Invalid Date" },
    ],
    [
      "what is left out",
      { u: undefined, f: throwing, y: Symbol("q"), [Symbol("k")]: 1, keep: 7 },
      { keep: 7 },
    ],
    ["typed arrays", typed, Object.fromEntries(Object.keys(typed).map((key) => [key, [1, 2]]))],
    [
      "a sparse list and no prototype",
      { arr: sparse, np: Object.assign(Object.create(null), { k: "v" }) },
      { arr: [1, null, 3], np: { k: "v" } },
    ],
    [
      "texts that look like JSON",
      { a: "null", b: "{}", c: '","event_id":"evil', d: "\\ud800" },
      { a: "null", b: "{}", c: '","event_id":"evil', d: "\\ud800" },
    ],
    [
      "every ASCII control character",
      { a: String.fromCharCode(...Array(32).keys(), 127) },
      { a: String.fromCharCode(...Array(32).keys(), 127) },
    ],
    ["line separators", { a: "\u2028\u2029\u0085" }, { a: "\u2028\u2029\u0085" }],
    ["half a surrogate pair", { a: "x\ud83d", b: ["\ude00y"] }, { a: "x\ufffd", b: ["\ufffdy"] }],
    [
      "boxed values",
      { a: Object(1), b: Object("t"), c: Object(false), d: Object(3n) },
      { a: 1, b: "t", c: false, d: "3" },
    ],
    [
      "members of classes",
      { a: new URL("https://example.com/?q=1"), b: /x/g },
      { a: "https://example.com/?q=1", b: "/x/g" },
    ],
  ])("arrives as documented: %s", async (_, attributes, json) => {
    const { event, problems } = await withAttributes(attributes);
    expect(event).toMatchObject(json);
    expect(Object.keys(event ?? {})).toHaveLength(5 + Object.keys(json).length);
    expect(problems).toEqual([]);
  });

  it("keeps an error's name and message", async () => {
    const { event } = await withAttributes({ err: new TypeError("boom-42", { cause: new Error("why") }) });
    expect(event).toMatchObject({
      err: { name: "TypeError", message: "boom-42", cause: { message: "why" } },
    });
  });
});

describe("a value without end, between two good events", () => {
  it.each<[string, unknown]>([
    ["a cycle", cyclic()],
    [
      "a cycle through a list, a Map and a Set",
      (() => {
        const list: unknown[] = [];
        list.push(new Map([["a", new Set([list])]]));
        return list;
      })(),
    ],
    ["10,000 levels", nest(10_000, (o) => ({ o }))],
    ["100,000 levels of lists", nest(100_000, (o) => [o])],
    ["2³⁰ values of 30 objects", nest(30, (o) => ({ a: o, b: o }))],
    ["2³⁰ values of 30 lists", nest(30, (o) => [o, o])],
    ["5 million values", Array(5_000_000).fill(0)],
    [
      "a toJSON that goes on",
      (() => {
        const o = { toJSON: () => ({ o }) };
        return o;
      })(),
    ],
    [
      "a proxy that has every key and itself for a value",
      new Proxy(
        {},
        {
          get: () => cyclic(),
          ownKeys: () => ["a"],
          getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
        },
      ),
    ],
    ["a getter that throws", Object.defineProperty({}, "a", { get: throwing, enumerable: true })],
    ["a toJSON that throws", { toJSON: throwing }],
    ["100 MB of bytes", new Uint8Array(100_000_000)],
    ["a Buffer of 100 MB, two levels down", { file: { content: Buffer.alloc(100_000_000) } }],
    ["a Map of a million", new Map(Array.from({ length: 1_000_000 }, (_, index) => [index, index]))],
    ["49,000 lists of 5 million", Array(49_000).fill(Array(5_000_000).fill(0))],
    [
      "a revoked proxy",
      (() => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        return proxy;
      })(),
    ],
    ["a key __proto__", JSON.parse('{"a":{"__proto__":{"polluted":1}}}')],
  ])("costs its attribute, which is named: %s", async (_, o) => {
    const { event, problems } = await withAttributes({ o, keep: 7 });
    expect(event).toMatchObject({ keep: 7, encoding_problems: ["o"] });
    expect(event).not.toHaveProperty("o");
    expect(problems).toMatchObject([{ code: "altered", eventName: "bad" }]);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  it.each<[string, Members, Members]>([
    [
      "a text of 5 MiB",
      { s: "x".repeat(5 * 1024 * 1024), keep: 7 },
      { keep: 7, truncated_attributes: ["s"] },
    ],
    [
      "5 MiB of emoji",
      { s: "\u{1f600}".repeat(1_310_720), keep: 7 },
      { keep: 7, truncated_attributes: ["s"] },
    ],
    [
      "5 MiB of backslashes",
      { s: "\\".repeat(5_242_880), keep: 7 },
      { keep: 7, truncated_attributes: ["s"] },
    ],
    [
      "5 MiB of lone halves",
      { s: "\ud800".repeat(5_242_880), keep: 7 },
      { keep: 7, truncated_attributes: ["s"] },
    ],
    ["a key of 1 MiB", { ["k".repeat(1_048_576)]: 1, keep: 7 }, { keep: 7, truncated: true }],
    [
      "a list of 40,000",
      { l: Array(40_000).fill(12_345), keep: 7 },
      { keep: 7, truncated_attributes: ["l"] },
    ],
    ["200,000 keys", numbered(200_000, 1), { k0: 1, attributes_omitted: 199_755 }],
    ["200 texts of 10 KiB", numbered(200, "x".repeat(10_240)), { truncated_attributes_omitted: 168 }],
    [
      "240 lists of 40,000",
      { ...numbered(240, Array(40_000).fill(1)), keep: 7 },
      { keep: 7, encoding_problems: expect.anything() },
    ],
  ])("is cut and marked: %s", async (_, attributes, json) => {
    const { event, problems } = await withAttributes(attributes);
    expect(event).toMatchObject(json);
    expect(problems).toMatchObject([{ code: "altered" }]);
  });
});

describe("attributes named like what is not theirs, between two good events", () => {
  it.each([
    "event_id",
    "event_time",
    "event_type",
    "event_name",
    "truncated",
    "encoding_problems",
    "__proto__",
    "constructor",
  ])("%s cannot replace it and is named", async (key) => {
    const { event } = await withAttributes(
      Object.fromEntries([
        [key, "evil"],
        ["keep", 7],
      ]),
    );
    expect(event).toMatchObject({
      event_type: "behavioral",
      event_name: "bad",
      keep: 7,
      encoding_problems: [key],
    });
    expect(JSON.stringify(event)).not.toContain("evil");
  });

  it("others are attributes like any", async () => {
    const attributes = JSON.parse(
      '{"attributes":{"x":1},"toJSON":"text","length":3,"then":"x","hasOwnProperty":1,"valueOf":2,"text":"t"}',
    );
    const { event, problems } = await withAttributes(attributes);
    expect(event).toMatchObject({ event_name: "bad", ...attributes });
    expect(problems).toEqual([]);
  });
});

describe("an event that is useless, between two good events", () => {
  const useless: [string, unknown][] = [
    ["empty", ""],
    ["blank", " \u00a0\u3000\t"],
    ["null", null],
    ["undefined", undefined],
    ["zero", 0],
    ["a list", ["a"]],
    ["an object", {}],
    ["NUL", "\0"],
    ["1 MiB", "x".repeat(1 << 20)],
    ["a boxed text", Object("x")],
    ["a symbol", Symbol("x")],
    ["a BigInt", 1n],
    ["half a surrogate pair", "\ud800"],
    ["an object with toString", { toString: () => "x" }],
  ];

  it.each(useless)("is refused and told: name %s", async (_, name) => {
    const { event, problems } = await between("behavioral", name, {});
    expect(event).toBeUndefined();
    expect(problems).toMatchObject([{ code: "refused", problems: [{ pointer: "/event_name" }] }]);
  });

  it.each(useless)("is refused and told: type %s", async (_, type) => {
    const { event, problems } = await between(type, "bad", {});
    expect(event).toBeUndefined();
    expect(problems).toMatchObject([{ code: "refused", problems: [{ pointer: "/event_type" }] }]);
  });

  it.each<[string, unknown]>([
    ["a list", [1, 2]],
    ["null", null],
    ["a text", "a"],
    ["a number", 1],
    ["true", true],
  ])("is refused and told: attributes %s", async (_, attributes) => {
    const { event, problems } = await withAttributes(attributes);
    expect(event).toBeUndefined();
    expect(problems).toMatchObject([{ code: "refused", problems: [{ pointer: "" }] }]);
  });
});
