import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { createOwner, formatOwner } from "./owner.ts";
import type { SegmentName } from "./segment-name.ts";
import {
  ageOf,
  compareSegmentNames,
  formatSegmentName,
  parseSegmentName,
  toCreatedMs,
} from "./segment-name.ts";

const owner = formatOwner(createOwner());
const name: SegmentName = {
  createdMs: 1_735_689_600_000,
  creator: "0123456789ab",
  number: 1,
  lane: 0,
  importance: 3,
  count: undefined,
  offset: 0,
  state: "open",
  owner,
};

describe("the name of a segment", () => {
  it("comes back from its text", () => {
    const natural = fc.nat({ max: 999_999_999_999_999 });
    const names = fc.record({
      createdMs: natural,
      creator: fc.stringMatching(/^[0-9a-f]{12}$/),
      number: natural,
      lane: natural,
      importance: fc.constantFrom<SegmentName["importance"][]>(0, 1, 2, 3, 4, 5, 6),
      count: fc.option(natural, { nil: undefined }),
      offset: natural,
      state: fc.constantFrom<SegmentName["state"][]>("open", "pending", "leased"),
      owner: fc.constantFrom(owner, undefined),
    });
    fc.assert(
      fc.property(names, (one) => {
        expect(parseSegmentName(formatSegmentName(one))).toEqual(one);
        expect(formatSegmentName(one).length).toBeLessThan(255);
      }),
    );
  });

  it.each([
    "",
    "notes.ndjson",
    `${formatSegmentName(name)}.tmp`,
    `x${formatSegmentName(name)}`,
    formatSegmentName(name).replace("-i3-", "-i7-"),
    formatSegmentName(name).replace("-open-", "-done-"),
    formatSegmentName(name).replace(owner, "somebody"),
  ])("is not %j", (text) => {
    expect(parseSegmentName(text)).toBe(undefined);
  });

  it("is ordered by age, then by its number", () => {
    const names = [
      { ...name, createdMs: 2 },
      { ...name, createdMs: 1, number: 10 },
      { ...name, createdMs: 1, number: 9 },
      { ...name, createdMs: 1, creator: "000000000000", number: 11 },
    ];
    expect(names.toSorted(compareSegmentNames).map(({ number }) => number)).toEqual([11, 9, 10, 1]);
  });
});

describe("when a segment was begun", () => {
  it.each([
    [0, 0],
    [1_795_728_737_910.7, 1_795_728_737_910],
    [999_999_999_999_999, 999_999_999_999_999],
    [1_000_000_000_000_000, 0],
    [-5, 0],
    [Number.NaN, 0],
    [Number.POSITIVE_INFINITY, 0],
    [undefined as unknown as number, 0],
  ])("can be told by its name, whatever the clock shows: %s", (nowMs, createdMs) => {
    expect(toCreatedMs(nowMs)).toBe(createdMs);
    expect(parseSegmentName(formatSegmentName({ ...name, createdMs }))?.createdMs).toBe(createdMs);
  });

  it.each([
    ["an hour ago", 1_795_728_737_910 - 3_600_000, 3_600_000],
    ["in the future", 1_795_728_737_910 + 3_600_000, 0],
    ["under a clock that was not set yet", 86_400_000, 0],
    ["in 2020", 1_577_836_800_000, 217_891_937_910],
  ])("says how old it is: %s", (_, createdMs, ageMs) => {
    expect(ageOf({ createdMs }, 1_795_728_737_910)).toBe(ageMs);
  });

  it("says how old it is under a clock that is still not set", () => {
    expect(ageOf({ createdMs: 1_000 }, 5_000)).toBe(4_000);
  });
});
