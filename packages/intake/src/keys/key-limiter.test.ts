import { systemClock } from "@activity/core";
import { describe, expect, it } from "@jest/globals";
import { KeyLimiter } from "./key-limiter.ts";
import type { WriteKey } from "./write-key.ts";

let nowMs = 1_000;
const clock = { ...systemClock, monotonic: () => nowMs };
const key = (eventsPerSecond?: number): WriteKey => ({ name: "k", sha256: "0", eventsPerSecond });

describe("a limit of a key", () => {
  it("lets ten seconds' worth through at once, then as much as the limit says", () => {
    const limiter = new KeyLimiter(clock);
    const limited = key(100);
    limiter.charge(limited, 999);
    expect(limiter.waitMs(limited)).toBe(0);
    limiter.charge(limited, 1);
    expect(limiter.waitMs(limited)).toBe(10);
    limiter.charge(limited, 200);
    expect(limiter.waitMs(limited)).toBe(2_010);
    nowMs += 2_010;
    expect(limiter.waitMs(limited)).toBe(0);
  });

  it("never saves up more than ten seconds", () => {
    const limiter = new KeyLimiter(clock);
    const limited = key(1);
    limiter.charge(limited, 1);
    nowMs += 3_600_000;
    limiter.charge(limited, 11);
    expect(limiter.waitMs(limited)).toBe(2_000);
  });

  it("counts a request without events, and each key alone", () => {
    const limiter = new KeyLimiter(clock);
    const [one, other] = [key(1), key(1)];
    for (let request = 0; request < 10; request++) limiter.charge(one, 0);
    expect(limiter.waitMs(one)).toBeGreaterThan(0);
    expect(limiter.waitMs(other)).toBe(0);
    expect(limiter.waitMs(key())).toBe(0);
  });
});
