import { describe, expect, it } from "@jest/globals";
import { parseEvent } from "../event/parse-event.ts";
import { audit } from "./audit.ts";
import type { StoredEvent } from "./read-event.ts";

const a = "a".repeat(21);
const b = "b".repeat(20);

const event = (id: string, more: object = {}): object => ({
  event_id: id,
  event_time: "2026-03-01T12:00:00Z",
  event_type: "behavioral",
  event_name: "page_view",
  ...more,
});
const numbers = (source: string, ...ns: number[]): object[] => ns.map((n) => event(`${source}.${n}`));
const closed = (source: string, n: number, more: object = {}): object =>
  event(`${source}.${n}`, { event_type: "telemetry", event_name: "source_closed", last: n, ...more });
const dropped = (id: string, ...ranges: unknown[]): object =>
  event(id, { event_type: "telemetry", event_name: "events_dropped", reason: "capacity", ranges });

describe("audit", () => {
  it("finds nothing in nothing", async () => {
    expect(await audit([])).toEqual({
      events: 0,
      damaged: 0,
      duplicated: 0,
      opaque: 0,
      lost: 0,
      announced: 0,
      sources: [],
    });
  });

  it("proves a source whole when it was closed", async () => {
    const { sources, lost } = await audit([...numbers(a, 1, 2, 3), closed(a, 4)]);
    expect(lost).toBe(0);
    expect(sources).toEqual([
      {
        source: a,
        first: 1,
        last: 4,
        arrived: 4,
        missing: [],
        announced: 0,
        unexplained: [],
        lost: 0,
        tail: "closed",
      },
    ]);
  });

  it("takes the word of whoever took over what a dead process left", async () => {
    const closed = {
      event_type: "telemetry",
      event_name: "source_closed",
      source: a,
      last: 2,
      adopted: true,
    };
    const found = [{ event_id: `${a}.1` }, { event_id: `${a}.2` }, { event_id: `${a}.2.closed`, ...closed }];
    expect((await audit(found)).sources).toMatchObject([{ last: 2, lost: 0, tail: "closed" }]);
    expect((await audit(found.slice(2))).sources).toMatchObject([{ last: 2, lost: 2, tail: "closed" }]);
    expect((await audit([...found, { event_id: `${a}.3` }])).sources).toMatchObject([
      { last: 3, tail: "open" },
    ]);
    const unnamed = { event_id: "x", event_type: "telemetry", event_name: "source_closed", last: 2 };
    expect((await audit([unnamed])).sources).toEqual([]);
  });

  it("calls a tail open when nothing closed it", async () => {
    const { sources } = await audit(numbers(a, 1, 2));
    expect(sources[0]).toMatchObject({ last: 2, lost: 0, tail: "open" });
  });

  it("does not care about order", async () => {
    expect(await audit(numbers(a, 3, 1, 4, 2))).toMatchObject({ lost: 0, duplicated: 0 });
  });

  it("calls a gap that nobody announced a loss, at the beginning and in the middle", async () => {
    const { sources, lost } = await audit(numbers(a, 3, 4, 8));
    expect(lost).toBe(5);
    expect(sources[0]?.unexplained).toEqual([
      { from: 1, to: 2 },
      { from: 5, to: 7 },
    ]);
  });

  it("finds what is missing between the last event and the close of its source", async () => {
    const { sources } = await audit([
      ...numbers(a, 1),
      event(`${b}.1`, { event_type: "telemetry", event_name: "source_closed", source: a, last: 3 }),
    ]);
    expect(sources.find(({ source }) => source === a)).toMatchObject({ lost: 2, last: 3, tail: "closed" });
  });

  it("accounts for what was announced, by whatever source", async () => {
    const report = await audit([
      ...numbers(a, 1, 5),
      dropped(`${b}.1`, { source: a, from: 2, to: 4, count: 3 }),
    ]);
    expect(report).toMatchObject({ lost: 0, announced: 3 });
    expect(report.sources[0]).toMatchObject({ missing: [{ from: 2, to: 4 }], announced: 3, unexplained: [] });
  });

  it("takes an announcement for no more numbers than it counts", async () => {
    const ranges = { source: a, from: 2, to: 9, count: 3 };
    const report = await audit([...numbers(a, 1, 5, 10), dropped(`${b}.1`, ranges)]);
    expect(report).toMatchObject({ announced: 3, lost: 4 });
  });

  it("accounts for a tail that was announced, and leaves it open", async () => {
    const report = await audit([
      ...numbers(a, 1),
      dropped(`${b}.1`, { source: a, from: 2, to: 3, count: 2 }),
    ]);
    expect(report.sources[0]).toMatchObject({ last: 3, lost: 0, announced: 2, tail: "open" });
  });

  it("does not count a number as announced that arrived after all", async () => {
    const report = await audit([
      ...numbers(a, 1, 2, 3),
      dropped(`${b}.1`, { source: a, from: 2, to: 2, count: 1 }),
    ]);
    expect(report).toMatchObject({ announced: 0, lost: 0 });
  });

  it("counts duplicates of numbered and of other ids", async () => {
    const report = await audit([...numbers(a, 1, 2, 2, 2), event("x"), event("x"), event("y")]);
    expect(report).toMatchObject({ events: 7, duplicated: 3, opaque: 3, lost: 0 });
  });

  it.each([
    [a],
    [`${a}.`],
    [".1"],
    [`${a}.0`],
    [`${a}.01`],
    [`${a}.-1`],
    [`${a}.1.5x`],
    [`${a}.1e3`],
    [`${a}.99999999999999999999`],
    ["order.100000000"],
    [`${"a".repeat(19)}.1`],
    [`${"a".repeat(22)}.1`],
    [`${"a".repeat(9)}.${"a".repeat(10)}.1`],
    [`${"a".repeat(20)}é.1`],
    [`${"a".repeat(20)}\n.1`],
    ["6ba7b810-9dad-11d1-80b4-00c04fd430c8.7"],
  ])("takes %j for an id of somebody else's making", async (id) => {
    expect(await audit([event(id), event(id)])).toEqual({
      events: 2,
      damaged: 0,
      duplicated: 1,
      opaque: 2,
      lost: 0,
      announced: 0,
      sources: [],
    });
  });

  it.each(["V1StGXR8_Z5jdHi6B-myT", "A0_zzzzzzzzzzzzzzzzz"])(
    "knows %s for the name of a source",
    async (name) => {
      expect(await audit(numbers(name, 2))).toMatchObject({
        opaque: 0,
        lost: 1,
        sources: [{ source: name }],
      });
    },
  );

  it("passes over what is said of ids of somebody else's making", async () => {
    const report = await audit([
      dropped(`${b}.1`, { source: "order", from: 1, to: 9, count: 9 }),
      event(`${b}.2`, { event_type: "telemetry", event_name: "source_closed", source: "order", last: 9 }),
      closed("order", 9),
    ]);
    expect(report).toMatchObject({ lost: 0, announced: 0, opaque: 1, sources: [{ source: b }] });
  });

  const closing = closed(a, 3);
  const asText = JSON.stringify(closing);
  const asEvent = parseEvent(closing).event;
  if (!asEvent) throw new Error("a fixture is no event");
  const unreadable = {
    get event_id(): string {
      throw new Error("no");
    },
  };

  it.each<[string, StoredEvent]>([
    ["an object", closing],
    ["a JSON text", asText],
    ["bytes", new TextEncoder().encode(asText)],
    ["a Buffer", Buffer.from(` ${asText}\n`)],
    ["an event of ours", asEvent],
  ])("reads %s", async (_, stored) => {
    const report = await audit([...numbers(a, 1), stored]);
    expect(report).toMatchObject({ events: 2, damaged: 0, lost: 1, sources: [{ last: 3, tail: "closed" }] });
  });

  it.each<[string, unknown]>([
    ["null", null],
    ["a number", 7],
    ["a text that is no JSON", "text"],
    ["a torn line", asText.slice(0, -1)],
    ["a list of events", `[${asText}]`],
    ["an object without an id", {}],
    ["an id that is no text", { event_id: 7 }],
    ["an id that cannot be read", { event_id: { toString: 1 } }],
    ["a record of Kafka, around its value", { key: null, value: Buffer.from(asText) }],
    ["bytes that are no UTF-8", Buffer.from([0x22, 0xff, 0x22])],
    ["an object that throws", unreadable],
  ])("counts %s as damaged", async (_, stored) => {
    const report = await audit([stored as StoredEvent, ...numbers(a, 1)]);
    expect(report).toMatchObject({ events: 1, damaged: 1, lost: 0 });
  });

  it.each<[string, unknown]>([
    ["string", asText],
    ["bytes", Buffer.from(asText)],
    ["undefined", undefined],
    ["object", null],
    ["object", { events: [] }],
    ["object", Promise.resolve([])],
  ])("needs a list or a stream, and takes no %s for one", async (got, events) => {
    const message = `events is ${got}; it must be a list or a stream of events`;
    await expect(audit(events as StoredEvent[])).rejects.toMatchObject({ code: "INVALID_OPTION", message });
  });

  it("does not compile with what it cannot read", () => {
    // @ts-expect-error One text is no list of texts.
    const text = (): unknown => audit("text");
    // @ts-expect-error Nor are bytes.
    const bytes = (): unknown => audit(Buffer.from("text"));
    // @ts-expect-error A record of Kafka is not its value.
    const records = (): unknown => audit([{ key: null, value: Buffer.from("text") }]);
    // @ts-expect-error A deleted record has no value.
    const deleted = (): unknown => audit([null]);
    expect([text, bytes, records, deleted]).toHaveLength(4);
  });

  it("passes over announcements that make no sense", async () => {
    const senseless = dropped(`${b}.1`, null, 7, { source: a }, { source: 1, from: 1, to: 2, count: 2 });
    expect(await audit([senseless])).toMatchObject({ events: 1, lost: 0 });
    expect(
      await audit([
        event(`${b}.1`, { event_type: "telemetry", event_name: "events_dropped", ranges: "all" }),
      ]),
    ).toMatchObject({ lost: 0 });
  });

  it.each([
    { source: 7 },
    { from: "2" },
    { from: 0 },
    { from: 3 },
    { to: "2" },
    { to: 2.5 },
    { to: 2 ** 53 },
    { to: Number.POSITIVE_INFINITY },
    { count: "1" },
    { count: 0 },
    { count: -1 },
    { count: Number.NaN },
  ])("passes over a range that is of no use: %j", async (broken) => {
    const whole = { source: a, from: 2, to: 2, count: 1 };
    expect(await audit([...numbers(a, 1, 3), dropped(`${b}.1`, whole)])).toMatchObject({ lost: 0 });
    const report = await audit([...numbers(a, 1, 3), dropped(`${b}.1`, { ...whole, ...broken })]);
    expect(report).toMatchObject({ lost: 1, announced: 0 });
    expect(report.sources.map(({ source }) => source)).toEqual([a, b]);
  });

  it.each(["3", 0, -1, 2.5, 2 ** 53, Number.POSITIVE_INFINITY, null, undefined])(
    "passes over a source_closed whose last number is %p",
    async (last) => {
      expect((await audit([...numbers(a, 1), closed(a, 2, { last })])).sources).toMatchObject([
        { last: 2, lost: 0, tail: "open" },
      ]);
    },
  );

  it("takes an announcement that was stored twice for one", async () => {
    const announcement = dropped(`${b}.1`, { source: a, from: 2, to: 9, count: 3 });
    const report = await audit([...numbers(a, 1, 5, 10), announcement, announcement]);
    expect(report).toMatchObject({ announced: 3, lost: 4, duplicated: 1 });
  });

  it("reads any number of announced ranges", async () => {
    const range = { source: a, from: 2, to: 2, count: 1 };
    const announcements = Array.from({ length: 150 }, (_, part) =>
      dropped(`${b}.${part + 1}`, ...Array.from({ length: 1_000 }, () => range)),
    );
    expect(await audit([...numbers(a, 1, 3), ...announcements])).toMatchObject({ lost: 0, announced: 1 });
  });

  it("believes only activity's own type, so that a page cannot explain losses away", async () => {
    const fake = event(`${b}.1`, {
      event_name: "events_dropped",
      ranges: [{ source: a, from: 2, to: 2, count: 1 }],
    });
    expect(await audit([...numbers(a, 1, 3), fake])).toMatchObject({ lost: 1, announced: 0 });
  });

  it("reads events as they come", async () => {
    async function* stream(): AsyncGenerator<object> {
      yield* numbers(a, 1, 2);
      yield closed(a, 3);
    }
    expect(await audit(stream())).toMatchObject({ events: 3, lost: 0 });
  });
});

describe("an audit of large numbers", () => {
  const { MAX_SAFE_INTEGER: most } = Number;

  it.each([1e15, most])("names the numbers before %d", async (n) => {
    const report = await audit(numbers(a, 1, n));
    expect(report).toMatchObject({ lost: n - 2, sources: [{ unexplained: [{ from: 2, to: n - 1 }] }] });
  });

  it.each([1e15, most])("accounts for a gap up to %d that was announced", async (n) => {
    const range = { source: a, from: 2, to: n - 1, count: n - 2 };
    expect(await audit([...numbers(a, 1, n), dropped(`${b}.1`, range)])).toMatchObject({
      lost: 0,
      announced: n - 2,
    });
  });

  it.each([1e15, most])("takes a range up to %d for no more numbers than it counts", async (n) => {
    const report = await audit([
      ...numbers(a, 1, 4),
      dropped(`${b}.1`, { source: a, from: 2, to: n, count: 5 }),
    ]);
    expect(report.sources[0]).toMatchObject({
      announced: 5,
      lost: n - 7,
      last: n,
      unexplained: [{ from: 8, to: n }],
    });
  });

  it.each([1e15, most])("believes a source that was closed at %d", async (n) => {
    const end = event(`${b}.1`, { event_type: "telemetry", event_name: "source_closed", source: a, last: n });
    expect((await audit([...numbers(a, 1), end])).sources).toMatchObject([
      { source: a, lost: n - 1, tail: "closed" },
      { source: b },
    ]);
  });

  it("shares out any number of ranges that lie within each other", async () => {
    const ranges = Array.from({ length: 50_000 }, (_, at) => ({
      source: a,
      from: 2 + at,
      to: 1e15 - at,
      count: 1,
    }));
    const report = await audit([...numbers(a, 1, 1e15), dropped(`${b}.1`, ...ranges)]);
    expect(report).toMatchObject({ announced: 50_000, lost: 1e15 - 2 - 50_000 });
  });
});
