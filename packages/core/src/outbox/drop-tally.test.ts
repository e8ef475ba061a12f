import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { testEvent } from "../testing/event-fixtures.ts";
import type { DropAnnouncement, NumberRange } from "./drop-tally.ts";
import { DropTally, parseEventId } from "./drop-tally.ts";

/** Adds numbers of a source under one reason and takes the announcements. */
function tallied(numbers: readonly number[], source = "s"): readonly DropAnnouncement[] {
  const tally = new DropTally();
  for (const n of numbers) tally.add("capacity", testEvent(n, { source }).text);
  return tally.take();
}

describe("parseEventId", () => {
  it.each([
    ["a.1", { source: "a", n: 1 }],
    ["a.b.12", { source: "a.b", n: 12 }],
    [`a.${Number.MAX_SAFE_INTEGER}`, { source: "a", n: Number.MAX_SAFE_INTEGER }],
  ])("finds source and number in %j", (id, parts) => {
    expect(parseEventId(id)).toEqual(parts);
  });

  it.each(["a", ".1", "a.", "a.0", "a.-1", "a.01", "a.1.5x", "a.1e3", "a. 1", `a.${2 ** 53}`, "1"])(
    "takes %j as it is",
    (id) => {
      expect(parseEventId(id)).toBeUndefined();
    },
  );
});

describe("a drop tally", () => {
  it("is empty until something is added, and after it was taken", () => {
    const tally = new DropTally();
    expect([tally.empty, tally.take()]).toEqual([true, []]);
    tally.add("capacity", testEvent(1).text);
    expect(tally.empty).toBe(false);
    tally.take();
    expect(tally.empty).toBe(true);
  });

  it("says which is the first of a reason since it was taken", () => {
    const tally = new DropTally();
    const add = (reason: string): boolean => tally.add(reason, testEvent(1).text);
    expect([add("capacity"), add("capacity"), add("expired")]).toEqual([true, false, true]);
    tally.take();
    expect(add("capacity")).toBe(true);
  });

  it("counts by type and names numbers as ranges", () => {
    const tally = new DropTally();
    for (const n of [1, 2, 3, 7])
      tally.add("capacity", testEvent(n, { type: n < 3 ? "metric" : "log" }).text);
    expect(tally.take()).toEqual([
      {
        reason: "capacity",
        count: 4,
        counts_by_type: { metric: 2, log: 2 },
        ranges: [
          { source: "test", from: 1, to: 3, count: 3 },
          { source: "test", from: 7, to: 7, count: 1 },
        ],
      },
    ]);
  });

  it("makes one announcement for each further source, and keeps reasons apart", () => {
    const tally = new DropTally();
    tally.add("capacity", testEvent(1, { source: "a" }).text);
    tally.add("capacity", testEvent(5, { source: "b" }).text);
    tally.add("expired", testEvent(6, { source: "b" }).text);
    expect(tally.take()).toEqual([
      {
        reason: "capacity",
        count: 2,
        counts_by_type: { behavioral: 2 },
        ranges: [{ source: "a", from: 1, to: 1, count: 1 }],
      },
      { reason: "capacity", ranges: [{ source: "b", from: 5, to: 5, count: 1 }] },
      {
        reason: "expired",
        count: 1,
        counts_by_type: { behavioral: 1 },
        ranges: [{ source: "b", from: 6, to: 6, count: 1 }],
      },
    ]);
  });

  it("counts ids without a number as unnamed", () => {
    const tally = new DropTally();
    tally.add("rejected", JSON.stringify({ event_id: "opaque", event_type: "log" }));
    expect(tally.take()).toEqual([{ reason: "rejected", count: 1, counts_by_type: { log: 1 }, unnamed: 1 }]);
  });

  it.each([
    ["with escapes", '{"event_id":"s.1","event_time":"t","event_type":"a\\"b"}', 'a"b'],
    ["with an escaped id", '{"event_id":"s\\u002e1","event_time":"t","event_type":"log"}', "log"],
    ["in another order", '{"event_type":"log","event_time":"t","event_id":"s.1"}', "log"],
    ["with blanks", '{ "event_id" : "s.1", "event_time": "t", "event_type": "log" }', "log"],
    [
      "with more behind it",
      '{"event_id":"s.1","event_time":"t","event_type":"log","event_type_2":"x"}',
      "log",
    ],
  ])("reads a text %s", (_, text, type) => {
    const tally = new DropTally();
    tally.add("capacity", text);
    expect(tally.take()).toEqual([
      {
        reason: "capacity",
        count: 1,
        counts_by_type: { [type]: 1 },
        ranges: [{ source: "s", from: 1, to: 1, count: 1 }],
      },
    ]);
  });

  it.each([
    [64, 64],
    [65, 64],
    [200, 64],
  ])("keeps of %d ranges of a source %d", (ranges, kept) => {
    const [announcement] = tallied(Array.from({ length: ranges }, (_, index) => index * 10 + 1));
    expect(announcement?.ranges).toHaveLength(kept);
    expect(announcement?.ranges?.reduce((sum, { count }) => sum + count, 0)).toBe(ranges);
  });

  it("joins the two neighbours with the fewest numbers between them", () => {
    const far = Array.from({ length: 63 }, (_, index) => index * 100 + 1);
    const [announcement] = tallied([...far, 6_203, 6_300]);
    expect(announcement?.ranges?.slice(-2)).toEqual([
      { source: "s", from: 6_201, to: 6_203, count: 2 },
      { source: "s", from: 6_300, to: 6_300, count: 1 },
    ]);
  });

  it("joins ranges that came out of order, too", () => {
    const far = Array.from({ length: 64 }, (_, index) => index * 100 + 1_000);
    const [announcement] = tallied([...far, 1]);
    expect(announcement?.ranges?.[0]).toEqual({ source: "s", from: 1, to: 1, count: 1 });
    expect(announcement?.ranges?.[1]).toEqual({ source: "s", from: 1_000, to: 1_100, count: 2 });
  });

  it("goes on with the last range after a join", () => {
    const far = Array.from({ length: 65 }, (_, index) => index * 10 + 1);
    const [announcement] = tallied([...far, 642]);
    expect(announcement?.ranges?.at(-1)).toEqual({ source: "s", from: 641, to: 642, count: 2 });
  });

  it.each([
    [100, 100, undefined],
    [101, 100, 1],
  ])("keeps of %d sources %d apart", (sources, kept, unnamed) => {
    const tally = new DropTally();
    for (let source = 0; source < sources; source++)
      for (const n of [1, 2])
        if (n === 1 || source < 100) tally.add("capacity", testEvent(n, { source: `s${source}` }).text);
    const announcements = tally.take();
    expect(announcements).toHaveLength(kept);
    expect(announcements[0]?.unnamed).toBe(unnamed);
    expect(announcements.at(-1)?.ranges?.[0]?.count).toBe(2);
  });

  it.each([
    [50, 50, undefined],
    [51, 51, 1],
    [52, 51, 2],
  ])("counts of %d types %d, the rest as other", (types, keys, other) => {
    const tally = new DropTally();
    for (let type = 0; type < types; type++)
      tally.add("capacity", testEvent(type + 1, { type: `t${type}` }).text);
    tally.add("capacity", testEvent(types + 1, { type: "t0" }).text);
    const counts = tally.take()[0]?.counts_by_type ?? {};
    expect(Object.keys(counts)).toHaveLength(keys);
    expect([counts["other"], counts["t0"]]).toEqual([other, 2]);
  });

  it("is taken in parts, totals with the first", () => {
    const tally = new DropTally();
    for (const source of ["a", "b", "c"]) tally.add("capacity", testEvent(1, { source }).text);
    tally.add("rejected", testEvent(2).text);
    const named = (most: number): readonly unknown[] =>
      tally.take(most).map(({ reason, count, ranges }) => [reason, count, ranges?.[0]?.source]);
    expect(named(2)).toEqual([
      ["capacity", 3, "a"],
      ["capacity", undefined, "b"],
    ]);
    expect(tally.empty).toBe(false);
    expect(named(1)).toEqual([["capacity", undefined, "c"]]);
    tally.add("rejected", testEvent(3).text);
    expect(named(9)).toEqual([["rejected", 2, "test"]]);
    expect([tally.empty, tally.take()]).toEqual([true, []]);
  });

  it("counts what is added between two parts once", () => {
    const tally = new DropTally();
    for (const source of ["a", "b"]) tally.add("capacity", testEvent(1, { source }).text);
    tally.take(1);
    expect(tally.add("capacity", testEvent(1, { source: "c" }).text)).toBe(false);
    expect(tally.take().map(({ count }) => count)).toEqual([1, undefined]);
  });

  it("covers every number it was given and counts each once, in any order", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 2_000 }), { maxLength: 300 }), (numbers) => {
        const ranges: readonly NumberRange[] = tallied(numbers).flatMap(
          (announcement) => announcement.ranges ?? [],
        );
        expect(ranges.length).toBeLessThanOrEqual(64);
        expect(ranges.reduce((sum, { count }) => sum + count, 0)).toBe(numbers.length);
        for (const n of numbers) expect(ranges.some(({ from, to }) => n >= from && n <= to)).toBe(true);
      }),
      { seed: 1, numRuns: 50 },
    );
  });
});
