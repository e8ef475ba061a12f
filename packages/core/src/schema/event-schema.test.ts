import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import * as v from "valibot";
import { parseEvent, parseEventText } from "../event/parse-event.ts";
import { eventLimits } from "../limits.ts";
import { invalidEvents, largestEvents, validEvent } from "../testing/event-fixtures.ts";
import type { EventOutput } from "./index.ts";
import { eventSchema } from "./index.ts";

type Members = Record<string, unknown>;
type Mutation = (event: Members) => unknown;

const accepts = (value: unknown): boolean => v.is(eventSchema, value);

describe("the schema of an event", () => {
  it("accepts an event and gives back the same", () => {
    const output: EventOutput = v.parse(eventSchema, validEvent);
    expect(output).toEqual(validEvent);
    const name: string = output.event_name;
    expect(name).toBe("login_start");
  });

  it.each(largestEvents)("accepts an event that $name", ({ text }) => {
    expect(accepts(JSON.parse(text))).toBe(true);
  });

  it.each(invalidEvents.filter(({ code, name }) => code !== "bad_json" && !name.includes("bare surrogate")))(
    "refuses: $name",
    ({ text, pointer }) => {
      const { issues = [] } = v.safeParse(eventSchema, JSON.parse(text));
      expect(issues.map((issue) => `/${v.getDotPath(issue) ?? ""}`.replace(/^\/$/, ""))).toContain(pointer);
    },
  );

  it("never quotes a value", () => {
    const secret = "s3cret".repeat(100);
    const values = { ...validEvent, event_type: secret, event_id: secret, event_time: secret };
    const { issues } = v.safeParse(eventSchema, values);
    expect(issues?.length).toBe(3);
    expect(issues?.map(({ message }) => message).join()).not.toContain("s3cret");
  });

  it.each([
    ["fields of a prototype", Object.create(validEvent)],
    ["a Map", new Map(Object.entries(validEvent))],
    ["a cycle", cyclic()],
    ["a BigInt", { ...validEvent, n: 1n }],
  ])("refuses %s", (_, value) => {
    expect(accepts(value)).toBe(false);
  });
});

describe("the hand check and the schema", () => {
  it("agree on events that were changed in one place", () => {
    const seen = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(validEvents(), mutations(), (event, mutate) => {
        const value = mutate(event);
        const expected = accepts(value);
        seen[expected ? "accepted" : "refused"]++;
        const text = textOf(value);
        return (
          (parseEvent(value).problems === undefined) === expected &&
          (text === undefined || (parseEventText(text).problems === undefined) === accepts(JSON.parse(text)))
        );
      }),
      { numRuns: 12_000, seed: 20_250_101 },
    );
    expect(seen.accepted).toBeGreaterThan(3_000);
    expect(seen.refused).toBeGreaterThan(3_000);
  });
});

function validEvents(): fc.Arbitrary<Members> {
  const keys = fc.stringMatching(/^[a-z]{1,8}$/).filter((key) => !(key in Object.prototype));
  return fc
    .record({
      fields: fc.record({
        event_id: fc.stringMatching(/^[!-~]{1,40}$/),
        event_time: times(2024, fc.constant(15), ["Z", "z", "+05:30", "-00:00"]),
        event_type: fc.constantFrom("behavioral", "metric", "Ünïcode \u{1f600}"),
        event_name: fc.stringMatching(/^[a-z_]{1,30}$/),
      }),
      attributes: fc.dictionary(keys, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 6 }),
    })
    .map(({ fields, attributes }) => ({ ...attributes, ...fields }));
}

function mutations(): fc.Arbitrary<Mutation> {
  return fc.oneof(
    { weight: 12, arbitrary: set(field(), fc.oneof(wrongTypes(), blanks(), halves())) },
    { weight: 12, arbitrary: fc.oneof(...lengths()) },
    { weight: 24, arbitrary: set(fc.constant("event_time"), oddTimes()) },
    { weight: 6, arbitrary: field().map((key) => without(key)) },
    { weight: 6, arbitrary: keyCounts() },
    { weight: 12, arbitrary: depths() },
    { weight: 12, arbitrary: forbidden() },
    { weight: 12, arbitrary: set(fc.constant("attribute"), fc.oneof(wrongTypes(), halves(), lists())) },
    { weight: 1, arbitrary: sizes() },
    { weight: 6, arbitrary: fc.constantFrom<Mutation>(toInherited, toHidden, toList, toGetter, () => null) },
  );
}

function field(): fc.Arbitrary<string> {
  return fc.constantFrom("event_id", "event_time", "event_type", "event_name");
}

function set(key: fc.Arbitrary<string>, value: fc.Arbitrary<unknown>): fc.Arbitrary<Mutation> {
  return fc.tuple(key, value).map(([name, given]) => (event) => ({ ...event, [name]: given }));
}

function without(key: string): Mutation {
  return (event) => Object.fromEntries(Object.entries(event).filter(([name]) => name !== key));
}

function wrongTypes(): fc.Arbitrary<unknown> {
  return fc.constantFrom<unknown>(
    ...[undefined, null, 0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, true, 1n, Symbol("s")],
    ...[
      [],
      {},
      ["login_start"],
      Object("login_start"),
      new Date(0),
      new Date(Number.NaN),
      new Map(),
      () => 1,
    ],
    ...[
      Object.create(null),
      Object.create({ a: 1 }),
      new (class {})(),
      /x/,
      new Error("x"),
      new Uint8Array(2),
    ],
  );
}

/** Every kind of blank, alone and beside something to see. */
function blanks(): fc.Arbitrary<string> {
  const invisible = [" ", "\t", "\n", "\u00a0", "\u2003", "\u3000", "\ufeff", "\u2028", "\0", "\u001f"];
  const nearly = ["\u007f", "\u0080", "\u009f", "\u00ad", "\u200b", "\u2800", "!", "~", "é", "\u{1f600}"];
  return fc.array(fc.constantFrom(...invisible, ...nearly), { maxLength: 3 }).map((parts) => parts.join(""));
}

function halves(): fc.Arbitrary<string> {
  return fc
    .array(fc.constantFrom("a", "\ud83d", "\ude00", "\ud83d\ude00", "\ud800", "\udfff"), { maxLength: 4 })
    .map((parts) => parts.join(""));
}

function lengths(): fc.Arbitrary<Mutation>[] {
  return Object.entries({ event_id: 128, event_type: 128, event_name: 256 }).map(([name, limit]) =>
    set(
      fc.constant(name),
      fc
        .tuple(fc.integer({ min: limit - 1, max: limit + 1 }), fc.constantFrom("a", "é", " ", "\u{1f600}"))
        .map(([length, fill]) => `a${fill.repeat(length)}`.slice(0, length)),
    ),
  );
}

function times(year: number, day: fc.Arbitrary<number>, zones: readonly string[]): fc.Arbitrary<string> {
  const two = (value: number): string => String(value).padStart(2, "0");
  const parts = {
    month: fc.integer({ min: 1, max: 12 }),
    day,
    hour: fc.integer({ min: 0, max: 23 }),
    minute: fc.integer({ min: 0, max: 59 }),
    second: fc.integer({ min: 0, max: 59 }),
    fraction: fc.constantFrom("", ".0", ".123", ".123456789012345678901234567890"),
    zone: fc.constantFrom(...zones),
  };
  return fc
    .record(parts)
    .map(
      ({ month, day: date, hour, minute, second, fraction, zone }) =>
        `${year}-${two(month)}-${two(date)}T${two(hour)}:${two(minute)}:${two(second)}${fraction}${zone}`,
    );
}

function oddTimes(): fc.Arbitrary<string> {
  const years = [0, 1900, 2000, 2023, 2024, 2100, 9999];
  const pad = (year: number): string => String(year).padStart(4, "0");
  const edges = fc
    .tuple(fc.constantFrom(...years), fc.integer({ min: 0, max: 13 }), fc.integer({ min: 27, max: 32 }))
    .map(([year, month, day]) => `${pad(year)}-${String(month).padStart(2, "0")}-${day}T12:00:00Z`);
  const leaps = fc
    .tuple(
      fc.constantFrom("23", "00", "12", "24"),
      fc.constantFrom("59", "29", "14", "44", "00", "60"),
      fc.constantFrom("60", "59", "61"),
      fc.constantFrom(
        "Z",
        "z",
        "+00:00",
        "-00:00",
        "+05:30",
        "-03:30",
        "+05:45",
        "+14:00",
        "-23:59",
        "+00:01",
      ),
    )
    .map(([hour, minute, second, zone]) => `2016-12-31T${hour}:${minute}:${second}${zone}`);
  const spoiled = fc
    .tuple(times(2024, fc.constant(15), ["Z", "+01:00"]), fc.nat(34), spoilers())
    .map(([time, at, spoil]) => time.slice(0, at) + spoil + time.slice(at + 1));
  const zones = [
    "",
    "Z",
    "z",
    "+24:00",
    "+23:60",
    "+0100",
    "+01",
    "-1:00",
    "UTC",
    "Z ",
    "Z\n",
    " Z",
    "−01:00",
  ];
  const places = times(2024, fc.constant(15), zones).map((time) => time.replace("T", "t"));
  return fc.oneof(edges, leaps, spoiled, places);
}

function spoilers(): fc.Arbitrary<string> {
  return fc.constantFrom("", " ", "t", "z", "0", "9", ":", "-", ".", ",", "+", "x", "\n", "\0", "٣");
}

function keyCounts(): fc.Arbitrary<Mutation> {
  return fc.integer({ min: 254, max: 258 }).map((count) => (event) => {
    const filled: Members = { ...event };
    const missing = count - Object.keys(event).length;
    for (let key = 0; key < missing; key++) filled[`key_${key}`] = key;
    return filled;
  });
}

/** The event itself is the first level. */
function depths(): fc.Arbitrary<Mutation> {
  return fc
    .tuple(fc.integer({ min: 29, max: 34 }), fc.constantFrom("list", "object"), fc.constantFrom(1, undefined))
    .map(([depth, kind, leaf]) => {
      let nested: unknown = kind === "object" ? { leaf } : [1];
      for (let level = 2; level < depth; level++) nested = kind === "object" ? { nested } : [nested];
      return (event) => ({ ...event, nested });
    });
}

function forbidden(): fc.Arbitrary<Mutation> {
  const names = fc.constantFrom("__proto__", "constructor", "prototype", "toString", "hasOwnProperty");
  return fc.tuple(names, fc.nat(3), fc.boolean()).map(([name, level, list]) => {
    let value: unknown = 1;
    const keys = ["a", "b", "c"].slice(0, level);
    for (const key of [name, ...keys])
      value = Object.fromEntries([[key, list && key === "a" ? [value] : value]]);
    return (event) => Object.fromEntries([...Object.entries(event), ...Object.entries(value as Members)]);
  });
}

/** Lists that are not what JSON would make of them. */
function lists(): fc.Arbitrary<unknown> {
  const sparse: unknown[] = [1];
  sparse[2] = 3;
  return fc.constantFrom<unknown>(
    ...[sparse, [undefined], [null], [1n], Object.assign([1], { more: 2 }), [Number.NaN], [[], [{}]]],
    ...[{ a: undefined }, { a: [undefined] }, { toJSON: () => 1 }, { toJSON: "text" }],
  );
}

function sizes(): fc.Arbitrary<Mutation> {
  return fc.integer({ min: -1, max: 1 }).chain((over) =>
    fc.constantFrom("a", "é", "\u{1f600}").map((fill) => (event) => {
      const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
      const room = eventLimits.maxBytes + over - bytes({ ...event, fill: "" });
      const whole = Math.floor(room / Buffer.byteLength(fill));
      const rest = "a".repeat(room - whole * Buffer.byteLength(fill));
      return { ...event, fill: fill.repeat(whole) + rest };
    }),
  );
}

const toInherited: Mutation = (event) => Object.create(event);
const toHidden: Mutation = (event) =>
  Object.defineProperty({ ...event }, "event_name", { value: "hidden", enumerable: false });
const toList: Mutation = (event) => [event];
const toGetter: Mutation = (event) =>
  Object.defineProperty({ ...event }, "event_name", { get: () => "read", enumerable: true });

function textOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

function cyclic(): object {
  const event: Members = { ...validEvent };
  return Object.assign(event, { self: event });
}
