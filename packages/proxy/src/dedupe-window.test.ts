import type { Clock } from "@activity/core";
import { systemClock } from "@activity/core";
import { describe, expect, it } from "@jest/globals";
import { DedupeWindow } from "./dedupe-window.ts";

function clockAt(start: { ms: number }): Clock {
  return { ...systemClock, monotonic: () => start.ms };
}

describe("DedupeWindow", () => {
  it("forgets an id when its time is over, counted from its first arrival", () => {
    const time = { ms: 0 };
    const window = new DedupeWindow({ windowMs: 10_000 }, clockAt(time));
    window.commit("a");
    time.ms = 9_000;
    window.commit("a");
    expect(window.find("a")).toBe(true);
    time.ms = 10_000;
    expect(window.find("a")).toBeUndefined();
    expect(window.size).toBe(0);
  });

  it("forgets the oldest above its bounds in ids and in bytes", () => {
    const byCount = new DedupeWindow({ maxIds: 2 }, systemClock);
    const byBytes = new DedupeWindow({ maxBytes: 140 }, systemClock);
    for (const window of [byCount, byBytes]) {
      for (const key of ["a", "b", "c"]) window.commit(key);
      expect(["a", "b", "c"].map((key) => window.find(key))).toEqual([undefined, true, true]);
    }
  });

  it("gives the write that carries an id until it is settled", () => {
    const window = new DedupeWindow<{ n: number }>({}, systemClock);
    const write = { n: 1 };
    window.reserve("a", write);
    window.reserve("b", write);
    expect(window.find("a")).toBe(write);
    window.release("a");
    window.commit("b");
    expect([window.find("a"), window.find("b")]).toEqual([undefined, true]);
  });
});
