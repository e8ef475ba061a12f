import { describe, expect, it } from "@jest/globals";
import { fakeClock } from "../testing/fake-clock.ts";
import { Alarm } from "./alarm.ts";

function start(): { alarm: Alarm; clock: ReturnType<typeof fakeClock>; rung: number[] } {
  const clock = fakeClock();
  const rung: number[] = [];
  return { alarm: new Alarm(clock, () => rung.push(clock.monotonic())), clock, rung };
}

describe("an alarm", () => {
  it("rings once, when it is time", async () => {
    const { alarm, clock, rung } = start();
    alarm.set(10, false);
    await clock.advance(9);
    expect(rung).toEqual([]);
    await clock.advance(100);
    expect(rung).toEqual([10]);
    expect(clock.pending).toEqual([]);
  });

  it("has one timer, which moves", async () => {
    const { alarm, clock, rung } = start();
    alarm.set(10, false);
    alarm.set(30, false);
    alarm.set(20, true);
    expect(clock.pending).toEqual([{ at: 20, unref: false }]);
    alarm.set(20, false);
    expect(clock.pending).toEqual([{ at: 20, unref: true }]);
    await clock.advance(100);
    expect(rung).toEqual([20]);
  });

  it("leaves a timer that is right alone", () => {
    const { alarm, clock } = start();
    let set = 0;
    const { setTimer } = clock;
    clock.setTimer = (...given) => {
      set++;
      return setTimer(...given);
    };
    alarm.set(10, false);
    alarm.set(10, false);
    expect(set).toBe(1);
  });

  it("is switched off by Infinity", async () => {
    const { alarm, clock, rung } = start();
    alarm.set(10, true);
    alarm.set(Number.POSITIVE_INFINITY, true);
    expect(clock.pending).toEqual([]);
    await clock.advance(100);
    expect(rung).toEqual([]);
  });

  it("can be set again for the same time after it rang", async () => {
    const { alarm, clock, rung } = start();
    alarm.set(10, false);
    await clock.advance(10);
    alarm.set(10, false);
    await clock.advance(0);
    expect(rung).toEqual([10, 10]);
  });

  it("waits on when a timer fires too early", async () => {
    const { alarm, clock, rung } = start();
    const { setTimer } = clock;
    clock.setTimer = (callback, ms, options) => setTimer(callback, Math.max(ms - 1, 0.5), options);
    alarm.set(10, true);
    await clock.advance(9);
    expect(rung).toEqual([]);
    expect(clock.pending).toEqual([{ at: 9.5, unref: false }]);
    await clock.advance(10);
    expect(rung).toEqual([10]);
  });
});
