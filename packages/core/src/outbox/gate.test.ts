import { describe, expect, it } from "@jest/globals";
import { fakeClock } from "../testing/fake-clock.ts";
import { Gate } from "./gate.ts";

function start(
  random = 0.5,
  retry = { baseMs: 200, capMs: 60_000 },
): { gate: Gate; clock: ReturnType<typeof fakeClock> } {
  const clock = fakeClock({ random: () => random });
  return { gate: new Gate(clock, retry), clock };
}

describe("a gate", () => {
  it("stands open until something fails", () => {
    const { gate } = start();
    expect([gate.failing, gate.until, gate.admits(0), gate.admits(5)]).toEqual([false, 0, true, true]);
  });

  it("closes on failure, then admits one probe", async () => {
    const { gate, clock } = start();
    await clock.advance(1_000);
    gate.fail();
    expect([gate.failing, gate.until, gate.admits(0)]).toEqual([true, 1_100, false]);
    await clock.advance(99);
    expect(gate.admits(0)).toBe(false);
    await clock.advance(1);
    expect([gate.admits(0), gate.admits(1)]).toEqual([true, false]);
    gate.succeed();
    expect([gate.failing, gate.until, gate.admits(1)]).toEqual([false, 0, true]);
  });

  it("waits a random part of 200 ms · 2ⁿ, at most the cap", async () => {
    const { gate, clock } = start(0.5, { baseMs: 200, capMs: 1_000 });
    const waits: number[] = [];
    for (let failures = 1; failures <= 5; failures++) {
      gate.fail();
      waits.push(gate.until - clock.monotonic());
      await clock.advance(gate.until - clock.monotonic());
    }
    expect(waits).toEqual([100, 200, 400, 500, 500]);
  });

  it.each([
    [0, 0],
    [0.999, 199.8],
  ])("with chance %d waits %d ms", (random, waitMs) => {
    const { gate } = start(random);
    gate.fail();
    expect(gate.until).toBeCloseTo(waitMs);
  });

  it("does not overflow after many failures", async () => {
    const { gate, clock } = start(0.5, { baseMs: 1, capMs: Number.MAX_VALUE });
    for (let failures = 1; failures <= 40; failures++) {
      gate.fail();
      if (failures < 40) await clock.advance(gate.until - clock.monotonic());
    }
    expect(gate.until - clock.monotonic()).toBe(2 ** 29);
  });

  it("counts batches that fail together as one failure", async () => {
    const { gate, clock } = start();
    gate.fail();
    gate.fail();
    expect(gate.until).toBe(100);
    await clock.advance(100);
    gate.fail();
    expect(gate.until).toBe(300);
  });

  it("begins anew after a success", async () => {
    const { gate, clock } = start();
    gate.fail();
    await clock.advance(100);
    gate.fail();
    gate.succeed();
    gate.fail();
    expect(gate.until - clock.monotonic()).toBe(100);
  });

  it("does as the next hop asks, not as its own schedule says", () => {
    const { gate } = start();
    gate.fail(50);
    expect(gate.until).toBe(50);
    gate.fail(5_000);
    expect(gate.until).toBe(5_000);
    gate.fail(70);
    expect(gate.until).toBe(5_000);
  });

  it("does not wait when it is asked to come at once", () => {
    const { gate } = start();
    gate.fail(0);
    expect([gate.failing, gate.admits(0)]).toEqual([true, true]);
  });

  it.each([0, 999])("does not come every %d ms because it is asked to", async (afterMs) => {
    const { gate, clock } = start(0.5, { baseMs: 4_000, capMs: 60_000 });
    const waits: number[] = [];
    for (let failures = 1; failures <= 4; failures++) {
      gate.fail(afterMs);
      waits.push(gate.until - clock.monotonic());
      await clock.advance(gate.until - clock.monotonic());
    }
    expect(waits).toEqual([afterMs, 4_000, 8_000, 16_000]);
  });

  it("comes every second when it is asked to", async () => {
    const { gate, clock } = start(0.5, { baseMs: 4_000, capMs: 60_000 });
    for (let failures = 1; failures <= 4; failures++) {
      gate.fail(1_000);
      expect(gate.until - clock.monotonic()).toBe(1_000);
      await clock.advance(1_000);
    }
  });

  it("hurries through the part of a wait that is its own", async () => {
    const { gate, clock } = start();
    gate.fail(0);
    await clock.advance(1);
    gate.fail(100);
    expect(gate.until).toBe(201);
    gate.hurry();
    expect(gate.until).toBe(101);
  });

  it("hurries through its own back-off", () => {
    const { gate } = start();
    gate.fail();
    gate.hurry();
    expect([gate.failing, gate.admits(0), gate.admits(1)]).toEqual([true, true, false]);
  });

  it.each([
    ["", [5_000]],
    [", also when another batch fails without asking", [5_000, undefined]],
    [", also when its own back-off came before", [undefined, 5_000]],
  ])("keeps to what the next hop asked%s", async (_, failures) => {
    const { gate, clock } = start();
    for (const afterMs of failures) gate.fail(afterMs);
    gate.hurry();
    await clock.advance(4_999);
    expect(gate.admits(0)).toBe(false);
    await clock.advance(1);
    expect(gate.admits(0)).toBe(true);
  });

  it("hurries down to what the next hop asked", () => {
    const { gate } = start(0.5, { baseMs: 20_000, capMs: 60_000 });
    gate.fail();
    gate.fail(300);
    gate.hurry();
    expect(gate.until).toBe(300);
  });

  it("is not opened by what was under way when the next hop asked to be left alone", async () => {
    const { gate, clock } = start();
    gate.fail(1_000);
    gate.succeed();
    expect([gate.failing, gate.admits(0)]).toEqual([true, false]);
    await clock.advance(1_000);
    gate.succeed();
    expect([gate.failing, gate.admits(1)]).toEqual([false, true]);
  });
});
