import { systemClock } from "@activity/core";
import { describe, expect, it } from "@jest/globals";
import type { RateLimit } from "./rate-limiter.ts";
import { RateLimiter } from "./rate-limiter.ts";

const time = { ms: 0 };
const clock = { ...systemClock, monotonic: () => time.ms };
const limiter = (limit: RateLimit): RateLimiter => new RateLimiter(limit, clock);

describe("RateLimiter", () => {
  it("lets a burst pass, and then one a time", () => {
    const limit = limiter({ perMinute: 60, burst: 3 });
    expect(["a", "a", "a", "a"].map((sender) => limit.waitMs([sender]))).toEqual([0, 0, 0, 1_000]);
    time.ms += 400;
    expect(limit.waitMs(["a"])).toBe(600);
    time.ms += 600;
    expect([limit.waitMs(["a"]), limit.waitMs(["a"])]).toEqual([0, 1_000]);
  });

  it("fills up to the burst and no further", () => {
    const limit = limiter({ perMinute: 60, burst: 2 });
    limit.waitMs(["a"]);
    time.ms += 3_600_000;
    expect(["a", "a", "a"].map((sender) => limit.waitMs([sender]))).toEqual([0, 0, 1_000]);
  });

  it("asks every sender of a request, and counts for all or for none", () => {
    const limit = limiter({ perMinute: 60, burst: 1 });
    expect(limit.waitMs(["principal 1", "address 1"])).toBe(0);
    expect(limit.waitMs(["principal 2", "address 1"])).toBe(1_000);
    expect(limit.waitMs(["principal 2", "address 2"])).toBe(0);
  });

  it("keeps a bounded number of senders in mind", () => {
    const limit = limiter({ perMinute: 60, maxSenders: 100 });
    for (let sender = 0; sender < 1_000; sender++) limit.waitMs([`address ${sender}`]);
    expect(limit.size).toBe(100);
  });
});
