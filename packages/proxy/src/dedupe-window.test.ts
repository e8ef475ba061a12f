import type { Clock } from "@activity/core";
import { systemClock } from "@activity/core";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { DedupeWindow, ReservedIds } from "./dedupe-window.ts";

function clockAt(start: { ms: number }): Clock {
  return { ...systemClock, monotonic: () => start.ms };
}

function take(window: DedupeWindow, ...ids: string[]): void {
  window.take(
    ids.map((id) => ({ event_id: id })),
    undefined,
  );
}

/** What is known of ids; nothing stays reserved. */
function statesOf(window: DedupeWindow, ids: readonly string[]): string[] {
  return ids.map((id) => {
    const state = window.claim(id, undefined);
    if (state === "new") window.release(id, undefined);
    return state;
  });
}

describe.each([
  ["of any form", ["a", "b", "c"]],
  ["numbered, of one source", ["s.1", "s.2", "s.3"]],
  ["numbered, far apart", ["s.1", "s.40", "s.4000"]],
  ["numbered, of several sources", ["s.1", "t.1", "u.1"]],
  ["of both kinds", ["s.1", "s.01", "s.2"]],
])("a window of ids %s", (_, ids) => {
  const [first = "", second = "", third = ""] = ids;

  it("forgets an id when its time is over, counted from its first arrival", () => {
    const time = { ms: 0 };
    const window = new DedupeWindow({ windowMs: 10_000 }, clockAt(time));
    take(window, first);
    time.ms = 9_000;
    take(window, first);
    expect(statesOf(window, [first])).toEqual(["taken"]);
    time.ms = 10_000;
    expect(statesOf(window, [first])).toEqual(["new"]);
    expect(window.size).toBe(0);
    take(window, first);
    expect(statesOf(window, [first])).toEqual(["taken"]);
  });

  it("forgets the oldest above its bound", () => {
    const window = new DedupeWindow({ maxIds: 2 }, systemClock);
    take(window, first);
    take(window, second);
    take(window, third);
    expect(window.size).toBe(2);
    expect(statesOf(window, ids)).toEqual(["new", "taken", "taken"]);
  });

  it("keeps an id reserved until its write is settled", () => {
    const window = new DedupeWindow({}, systemClock);
    expect(ids.map((id) => window.claim(id, undefined))).toEqual(["new", "new", "new"]);
    expect(statesOf(window, ids)).toEqual(["reserved", "reserved", "reserved"]);
    window.release(first, undefined);
    take(window, second);
    expect(statesOf(window, ids)).toEqual(["new", "taken", "reserved"]);
  });

  it("knows ids by tenant", () => {
    const window = new DedupeWindow({}, systemClock);
    for (const tenant of [undefined, "a", "b"]) {
      expect(window.claim(first, tenant)).toBe("new");
      window.take([{ event_id: first }], tenant);
      expect(window.claim(first, tenant)).toBe("taken");
    }
  });
});

describe("a window", () => {
  it("stays within its bound in bytes", () => {
    const window = new DedupeWindow({ maxBytes: 10_000 }, systemClock);
    for (let n = 1; n < 5_000; n++) {
      take(window, `s.${n}`, `source-${n}.1`, `plain-${n}`);
      expect(window.bytes).toBeLessThanOrEqual(10_000);
    }
    expect(window.size).toBeGreaterThan(20);
    expect(statesOf(window, ["plain-4999", "plain-1"])).toEqual(["taken", "new"]);
  });

  it("forgets in the order of arrival for as long as it lasts", () => {
    const forms = [(n: number) => `source-${n}.1`, (n: number) => `plain-${n}`];
    for (const form of forms) {
      const window = new DedupeWindow({ maxIds: 1_000 }, systemClock);
      for (let n = 1; n <= 20_000; n++) take(window, form(n));
      expect(window.size).toBe(1_000);
      expect(statesOf(window, [form(19_001), form(19_000)])).toEqual(["taken", "new"]);
    }
  });

  it("costs nothing when everything in it is over", () => {
    const time = { ms: 0 };
    const window = new DedupeWindow({ windowMs: 1_000 }, clockAt(time));
    for (let n = 1; n < 500; n++) take(window, `s.${n}`, `t${n}.1`, `plain-${n}`);
    time.ms = 5_000;
    take(window, "last");
    expect(window.size).toBe(1);
    expect(window.bytes).toBeLessThan(100);
  });

  it("tells what a plain map and set would tell, whatever happens in whatever order", () => {
    const id = fc.constantFrom(
      "s.1",
      "s.2",
      "s.31",
      "s.32",
      "s.33",
      "s.100",
      "s.131",
      "s.199",
      "s.1999",
      "s.1x0",
      "s.001",
      "t.199",
      "t.1",
      "s.01",
      "s.",
      ".1",
      "s.1.1",
      "s.999999999999999",
      "s.9999999999999999",
      "x",
      "1",
    );
    const step = fc.record({
      id,
      tenant: fc.constantFrom(undefined, "a"),
      does: fc.constantFrom("claim", "carry", "settle", "take", "release"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const window = new DedupeWindow({}, systemClock);
        const states = new Map<string, string>();
        const carried = new Map<string | undefined, { ids: ReservedIds; keys: string[] }>();
        for (const { id: name, tenant, does } of steps) {
          const key = JSON.stringify([name, tenant]);
          const state = states.get(key) ?? "new";
          if (does === "claim") {
            expect(window.claim(name, tenant)).toBe(state);
            if (state === "new") states.set(key, "reserved");
          } else if (does === "carry") {
            const write = carried.get(tenant) ?? { ids: new ReservedIds(), keys: [] };
            expect(window.claim(name, tenant, write.ids)).toBe(state);
            if (state !== "new") continue;
            states.set(key, "reserved");
            carried.set(tenant, { ids: write.ids, keys: [...write.keys, key] });
          } else if (does === "settle") {
            const write = carried.get(tenant) ?? { ids: new ReservedIds(), keys: [] };
            window.takeReserved(write.ids, tenant);
            for (const one of write.keys) if (states.get(one) === "reserved") states.set(one, "taken");
            carried.delete(tenant);
          } else if (does === "take") {
            window.take([{ event_id: name }], tenant);
            states.set(key, "taken");
          } else {
            window.release(name, tenant);
            if (state === "reserved") states.delete(key);
          }
        }
        expect(window.size).toBe([...states.values()].filter((state) => state === "taken").length);
      }),
      { numRuns: 2_000 },
    );
  });
});
