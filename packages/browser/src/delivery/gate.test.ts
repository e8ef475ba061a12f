import { fakeClock } from "@activity/core/testing";
import { describe, expect, it } from "@jest/globals";
import { maxRetryMs } from "../browser-limits.ts";
import { createGate } from "./gate.ts";

/** A clock whose dice always show the same. */
const loaded = (chance: number) => ({ ...fakeClock(), random: () => chance });

describe("a gate", () => {
  it.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [9, 256_000],
    [10, maxRetryMs],
    [60, maxRetryMs],
  ])("after failure %d waits for a random part of %d ms", (failures, mostMs) => {
    for (const part of [0, 0.5]) {
      const gate = createGate(loaded(part));
      for (let n = 0; n < failures; n++) gate.fail();
      expect(gate.waitMs()).toBe(mostMs * part);
      expect(gate.failures).toBe(failures);
    }
  });

  it("waits as long as the server asks, whatever makes haste", async () => {
    const clock = fakeClock();
    const gate = createGate(clock);
    gate.fail(60_000);
    gate.hurry();
    expect(gate.waitMs()).toBe(60_000);
    expect(gate.isAsked()).toBe(true);
    await clock.advance(60_000);
    expect([gate.waitMs(), gate.isAsked()]).toEqual([0, false]);
  });

  it("does not come again and again because it is asked to come at once", async () => {
    const clock = { ...fakeClock(), random: () => 0.5 };
    const gate = createGate(clock);
    const waits = [0, 0, 0].map((afterMs) => {
      gate.fail(afterMs);
      return gate.waitMs();
    });
    expect(waits).toEqual([0, 1_000, 2_000]);
    expect(gate.isAsked()).toBe(false);
    gate.hurry();
    expect(gate.waitMs()).toBeLessThanOrEqual(0);
  });

  it("opens when a request succeeds, and when there is reason for haste", () => {
    const gate = createGate(loaded(0.5));
    gate.fail();
    gate.hurry();
    expect(gate.waitMs()).toBeLessThanOrEqual(0);
    expect(gate.failures).toBe(0);
    gate.fail();
    gate.succeed();
    expect(gate.waitMs()).toBeLessThanOrEqual(0);
  });
});
