import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Importance, Lease } from "../ports/store.ts";
import { importances } from "../ports/store.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import { createMemoryStore } from "./memory-store.ts";

interface Entry {
  readonly text: string;
  readonly lane: number;
  readonly position: number;
  readonly time: number;
  importance: number;
  leased: boolean;
}

const { kept } = importances;
const limits = { maxEvents: 4, maxBytes: 60 };
const capacity = { maxEvents: 12, maxBytes: 400 };

/** The same store, written to be read: a list. */
class Model {
  entries: Entry[] = [];

  waiting(): Entry[] {
    return this.entries.filter(({ leased }) => !leased);
  }

  lease(open: (lane: number) => boolean, force: boolean): Entry[] {
    for (const { lane } of this.waiting()) {
      const mine = this.waiting().filter((entry) => entry.lane === lane);
      const worth = mine.length >= limits.maxEvents || bytesOf(mine) >= limits.maxBytes;
      if (!open(lane) || !(force || worth)) continue;
      const taken: Entry[] = [];
      for (const entry of mine) {
        const full = taken.length === limits.maxEvents || bytesOf([...taken, entry]) > limits.maxBytes;
        if (full && taken.length > 0) break;
        taken.push(entry);
      }
      for (const entry of taken) entry.leased = true;
      return taken;
    }
    return [];
  }

  settle(lease: readonly Entry[], unconfirmed: readonly number[]): void {
    for (const [index, entry] of lease.entries()) {
      entry.leased = false;
      entry.importance = kept;
      if (!unconfirmed.includes(index)) this.remove(entry);
    }
  }

  evict(bornBefore: number | undefined): Entry[] {
    const gone: Entry[] = [];
    const evictable = (): Entry[] =>
      this.waiting()
        .filter(({ importance }) => importance < kept)
        .toSorted((a, b) => a.importance - b.importance || a.position - b.position);
    for (const entry of evictable())
      if (bornBefore !== undefined && entry.time < bornBefore) gone.push(this.remove(entry));
    for (const entry of evictable()) {
      if (this.entries.length <= capacity.maxEvents && bytesOf(this.entries) <= capacity.maxBytes) break;
      gone.push(this.remove(entry));
    }
    return gone;
  }

  remove(entry: Entry): Entry {
    this.entries = this.entries.filter((other) => other !== entry);
    return entry;
  }
}

function bytesOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { text }) => sum + new TextEncoder().encode(text).length + 1, 0);
}

type Action =
  | { readonly do: "append"; readonly text: string; readonly lane: number; readonly importance: number }
  | { readonly do: "lease"; readonly closed: number; readonly force: boolean }
  | { readonly do: "settle"; readonly which: number; readonly keep: readonly boolean[] }
  | { readonly do: "release"; readonly which: number }
  | { readonly do: "evict"; readonly ageMs: number | undefined }
  | { readonly do: "withdraw"; readonly back: number; readonly count: number }
  | { readonly do: "wait" };

const text = fc
  .tuple(fc.constantFrom("a", "é", "漢", "😀"), fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant(5_000)))
  .map(([char, count]) => char.repeat(count));
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("append" as const),
      text,
      lane: fc.nat(2),
      importance: fc.nat(kept),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("lease" as const), closed: fc.nat(3), force: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("settle" as const),
      which: fc.nat(2),
      keep: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("release" as const), which: fc.nat(2) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("evict" as const), ageMs: fc.constantFrom(undefined, 0, 2, 5) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("withdraw" as const),
      back: fc.nat(20),
      count: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("wait" as const) }) },
);

function textsOf(lease: Lease): string[] {
  return new TextDecoder().decode(lease.bytes).split("\n").slice(0, -1);
}

describe("the memory store", () => {
  it("does what a list would do", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 80 }), async (actions) => {
        const clock = fakeClock();
        const store = createMemoryStore({ ...capacity, lease: limits, clock });
        const model = new Model();
        const leases: { readonly lease: Lease; readonly entries: readonly Entry[] }[] = [];
        let last = 0;
        for (const step of actions) {
          if (step.do === "append") {
            const importance = step.importance as Importance; // One of 0 to `kept`.
            const position = store.append(step.text, step.lane, importance);
            expect(position).toBe(++last);
            model.entries.push({
              text: step.text,
              lane: step.lane,
              position,
              time: clock.monotonic(),
              importance,
              leased: false,
            });
          } else if (step.do === "lease") {
            const open = (lane: number): boolean => lane !== step.closed;
            const lease = store.lease(open, step.force);
            const entries = model.lease(open, step.force);
            if (lease === undefined || lease === "loading") expect(entries).toEqual([]);
            else {
              expect(textsOf(lease)).toEqual(entries.map((entry) => entry.text));
              expect(Array.from(lease.positions)).toEqual(entries.map(({ position }) => position));
              expect(Array.from(lease.times)).toEqual(entries.map(({ time }) => time));
              leases.push({ lease, entries });
            }
          } else if (step.do === "settle" || step.do === "release") {
            const [open] = leases.splice(step.which, 1);
            if (open === undefined) continue;
            const indices = [...open.entries.keys()].filter(
              (index) => step.do === "release" || step.keep[index],
            );
            if (step.do === "release") store.release(open.lease);
            else store.settle(open.lease, indices);
            model.settle(open.entries, indices);
          } else if (step.do === "evict") {
            const bornBefore = step.ageMs === undefined ? undefined : clock.monotonic() - step.ageMs;
            const gone = store.evict(bornBefore);
            const expected = model.evict(bornBefore);
            expect(gone.flatMap(({ positions }) => positions)).toEqual(
              expected.map(({ position }) => position),
            );
            expect(gone.flatMap(({ texts }) => texts)).toEqual(expected.map((entry) => entry.text));
          } else if (step.do === "withdraw") {
            const from = last - step.back;
            const mine = model
              .waiting()
              .filter(({ position }) => position >= from && position < from + step.count);
            const taken = store.withdraw?.(from, from + step.count - 1) ?? [];
            expect(taken.toSorted((a, b) => a - b)).toEqual(mine.map(({ position }) => position));
            for (const entry of mine) model.remove(entry);
          } else await clock.advance(1);
          const evictable = model.waiting().filter(({ importance }) => importance < kept);
          expect({ ...store.usage }).toEqual({
            events: model.entries.length,
            bytes: bytesOf(model.entries),
            evictableEvents: evictable.length,
            evictableBytes: bytesOf(evictable),
          });
        }
      }),
      { seed: 7, numRuns: 200, interruptAfterTimeLimit: 200_000, markInterruptAsFailure: true },
    );
  });
});
