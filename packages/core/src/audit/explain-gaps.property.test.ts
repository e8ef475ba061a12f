import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { audit } from "./audit.ts";
import type { DropClaim } from "./drop-claims.ts";
import { explainGaps } from "./explain-gaps.ts";
import type { NumberRun } from "./number-runs.ts";
import { countNumbers, gapsBetween, mergeRuns } from "./number-runs.ts";

const source = "V1StGXR8_Z5jdHi6B-myT";
const other = "0".repeat(20);

const someNumbers = (max: number): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: 1, max }), { maxLength: max });

const someClaims = (max: number): fc.Arbitrary<DropClaim[]> =>
  fc.array(
    fc
      .tuple(fc.integer({ min: 1, max }), fc.integer({ min: 1, max }), fc.integer({ min: 1, max }))
      .map(([one, two, count]) => ({ from: Math.min(one, two), to: Math.max(one, two), count })),
    { maxLength: 6 },
  );

/** Each number between 1 and `max` belongs to no claim or to one. */
const apart = (max: number): fc.Arbitrary<DropClaim[]> =>
  fc.uniqueArray(fc.integer({ min: 1, max }), { maxLength: 12 }).chain((ends) => {
    const sorted = ends.toSorted((a, b) => a - b);
    const pairs = Array.from({ length: sorted.length >> 1 }, (_, at) => sorted.slice(2 * at, 2 * at + 2));
    return fc.tuple(
      ...pairs.map(([from = 0, to = 0]) =>
        fc.integer({ min: 1, max: to - from + 1 }).map((count) => ({ from, to, count })),
      ),
    );
  });

/** What is missing, number by number, and which of it nothing explains. */
function countOneByOne(
  arrived: readonly number[],
  last: number,
  claims: readonly DropClaim[],
): { readonly missing: readonly number[]; readonly unexplained: readonly number[] } {
  const budgets = claims.map((claim) => ({ ...claim }));
  const missing = Array.from({ length: last }, (_, at) => at + 1).filter((n) => !arrived.includes(n));
  const unexplained = missing.filter((n) => {
    const budget = budgets.find(({ from, to, count }) => n >= from && n <= to && count > 0);
    if (budget !== undefined) budget.count--;
    return budget === undefined;
  });
  return { missing, unexplained };
}

/** How many numbers claims can explain at best: each is tried everywhere, and moved where another one needs its place. */
function explainedAtBest(missing: readonly number[], claims: readonly DropClaim[]): number {
  const places = claims.flatMap((claim) => Array.from({ length: claim.count }, () => claim));
  const holders = new Map<number, number>();
  const settle = (n: number, tried: Set<number>): boolean =>
    places.some(({ from, to }, place) => {
      if (n < from || n > to || tried.has(place)) return false;
      tried.add(place);
      const holder = holders.get(place);
      if (holder !== undefined && !settle(holder, tried)) return false;
      holders.set(place, n);
      return true;
    });
  return missing.filter((n) => settle(n, new Set())).length;
}

function numbersOf(runs: readonly NumberRun[]): number[] {
  return runs.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, at) => from + at));
}

describe("an audit", () => {
  it("finds what counting one number after the other finds", async () => {
    await fc.assert(
      fc.asyncProperty(
        someNumbers(40),
        apart(40),
        fc.integer({ min: 0, max: 45 }),
        async (ns, claims, closed) => {
          const events = [
            ...ns.map((n) => ({ event_id: `${source}.${n}` })),
            {
              event_id: `${other}.1`,
              event_type: "telemetry",
              event_name: "source_closed",
              source,
              last: closed,
            },
            ...claims.map((claim, at) => ({
              event_id: `${other}.${at + 2}`,
              event_type: "telemetry",
              event_name: "events_dropped",
              ranges: [{ source, ...claim }],
            })),
          ];
          const report = await audit(events);
          const found = report.sources.find((one) => one.source === source);
          const last = Math.max(closed, ...ns, ...claims.map(({ to }) => to));
          const { missing, unexplained } = countOneByOne(ns, last, claims);
          expect(report.duplicated).toBe(ns.length - new Set(ns).size);
          if (last === 0) return expect(found).toBeUndefined();
          expect(found).toMatchObject({
            last,
            arrived: new Set(ns).size,
            announced: missing.length - unexplained.length,
            lost: unexplained.length,
            tail: closed >= last ? "closed" : "open",
          });
          expect(numbersOf(found?.missing ?? [])).toEqual(missing);
          expect(numbersOf(found?.unexplained ?? [])).toEqual(unexplained);
        },
      ),
      { seed: 1, numRuns: 500 },
    );
  });
});

describe("explaining gaps", () => {
  const gapsOf = (ns: readonly number[]): readonly NumberRun[] =>
    gapsBetween(mergeRuns(ns.map((n) => ({ from: n, to: n }))), 12);

  it("explains as many numbers as any way to share out claims that overlap", () => {
    fc.assert(
      fc.property(someNumbers(12), someClaims(12), (ns, claims) => {
        const gaps = gapsOf(ns);
        const { explained, unexplained } = explainGaps(gaps, claims);
        const missing = numbersOf(gaps);
        expect(explained).toBe(explainedAtBest(missing, claims));
        expect(explained + countNumbers(unexplained)).toBe(missing.length);
        expect(missing).toEqual(expect.arrayContaining(numbersOf(unexplained)));
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it("does not care about the order of claims", () => {
    const shuffled = someClaims(12).chain((claims) =>
      fc.tuple(
        fc.constant(claims),
        fc.shuffledSubarray(claims, { minLength: claims.length, maxLength: claims.length }),
      ),
    );
    fc.assert(
      fc.property(someNumbers(12), shuffled, (ns, [claims, again]) => {
        expect(explainGaps(gapsOf(ns), again)).toEqual(explainGaps(gapsOf(ns), claims));
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
