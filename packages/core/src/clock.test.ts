import { describe, expect, it } from "@jest/globals";
import { systemClock, wallClock } from "./clock.ts";

describe("systemClock", () => {
  it("tells the time, a time that never goes back, and chances below 1", () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000);
    expect(Math.abs(wallClock.now() - Date.now())).toBeLessThan(1_000);
    expect(systemClock.monotonic()).toBeLessThanOrEqual(systemClock.monotonic());
    for (const { random } of [systemClock, wallClock]) {
      expect(random()).toBeGreaterThanOrEqual(0);
      expect(random()).toBeLessThan(1);
    }
  });

  it("calls back after the time, and not when the timer was taken back", async () => {
    const called: string[] = [];
    const cancelled = systemClock.setTimer(() => called.push("cancelled"), 1);
    cancelled.cancel();
    await new Promise<void>((resolve) => {
      systemClock.setTimer(() => {
        called.push("fired");
        resolve();
      }, 5);
    });
    expect(called).toEqual(["fired"]);
  });

  it("keeps the process alive for a timer, unless that is not held", () => {
    const holding = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = holding();
    const free = systemClock.setTimer(() => undefined, 60_000, { unref: true });
    expect(holding()).toBe(before);
    const held = systemClock.setTimer(() => undefined, 60_000);
    expect(holding()).toBe(before + 1);
    free.cancel();
    held.cancel();
  });

  it("does not fire at once when asked to wait longer than timers can", () => {
    let fired = false;
    const timer = systemClock.setTimer(() => {
      fired = true;
    }, Number.MAX_SAFE_INTEGER);
    timer.cancel();
    expect(fired).toBe(false);
  });

  it("stops sleeping when told to", async () => {
    const stop = new AbortController();
    const slept = systemClock.sleep(60_000, stop.signal);
    stop.abort();
    await slept;
    await systemClock.sleep(60_000, AbortSignal.abort());
    await systemClock.sleep(1);
  });
});
