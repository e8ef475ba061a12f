import { describe, expect, it } from "@jest/globals";
import { fakeClock } from "./fake-clock.ts";

describe("a fake clock", () => {
  it("stands still until it is moved", async () => {
    const clock = fakeClock({ now: 1_000 });
    expect([clock.now(), clock.monotonic()]).toEqual([1_000, 0]);
    await clock.advance(250);
    expect([clock.now(), clock.monotonic()]).toEqual([1_250, 250]);
    expect(new Date(fakeClock().now()).toISOString()).toBe("2025-01-01T00:00:00.000Z");
  });

  it("fires timers in order, each at its own time, with promises settled in between", async () => {
    const clock = fakeClock();
    const seen: string[] = [];
    const note = (name: string) => (): void => {
      seen.push(`${name} at ${clock.monotonic()}`);
      void Promise.resolve().then(() => seen.push(`after ${name}`));
    };
    clock.setTimer(note("late"), 30);
    clock.setTimer(note("first"), 10);
    clock.setTimer(note("second"), 10);
    clock.setTimer(note("negative"), -5);
    await clock.advance(29);
    expect(seen).toEqual([
      "negative at 0",
      "after negative",
      "first at 10",
      "after first",
      "second at 10",
      "after second",
    ]);
    await clock.advance(1);
    expect(seen.at(-2)).toBe("late at 30");
  });

  it("fires timers that were set meanwhile", async () => {
    const clock = fakeClock();
    const fired: number[] = [];
    clock.setTimer(() => clock.setTimer(() => fired.push(clock.monotonic()), 5), 5);
    await clock.advance(10);
    expect(fired).toEqual([10]);
  });

  it("lists what waits and whether it holds the process", () => {
    const clock = fakeClock();
    clock.setTimer(() => undefined, 20);
    const timer = clock.setTimer(() => undefined, 10, { unref: true });
    expect(clock.pending).toEqual([
      { at: 10, unref: true },
      { at: 20, unref: false },
    ]);
    timer.cancel();
    expect(clock.pending).toEqual([{ at: 20, unref: false }]);
  });

  it("sleeps until the time is up or the signal aborts", async () => {
    const clock = fakeClock();
    const woken: string[] = [];
    const stop = new AbortController();
    void clock.sleep(10).then(() => woken.push("by time"));
    void clock.sleep(1_000, stop.signal).then(() => woken.push("by signal"));
    void clock.sleep(1_000, AbortSignal.abort()).then(() => woken.push("at once"));
    await clock.advance(10);
    expect(woken).toEqual(["at once", "by time"]);
    expect(clock.pending).toEqual([{ at: 1_000, unref: false }]);
    stop.abort();
    await clock.advance(0);
    expect(woken).toEqual(["at once", "by time", "by signal"]);
    expect(clock.pending).toEqual([]);
  });

  it("throws the same dice in every run, or those of the test", () => {
    const first = fakeClock();
    const rolled = [first.random(), first.random(), first.random()];
    const second = fakeClock();
    expect([second.random(), second.random(), second.random()]).toEqual(rolled);
    expect(new Set(rolled).size).toBe(3);
    expect(rolled.every((value) => value >= 0 && value < 1)).toBe(true);
    first.random = () => 0.5;
    expect(first.random()).toBe(0.5);
    expect(fakeClock({ random: () => 0.25 }).random()).toBe(0.25);
  });
});
