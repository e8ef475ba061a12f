import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { commandClock } from "./command-clock.ts";

it("never goes back, and makes ids as nanoid does", () => {
  const before = commandClock.monotonic();
  expect(commandClock.monotonic()).toBeGreaterThanOrEqual(before);
  const ids = new Set(Array.from({ length: 1_000 }, () => commandClock.createId?.() ?? ""));
  expect(ids.size).toBe(1_000);
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{21}$/);
});

it("writes times as toJSON does", () => {
  const years = { min: new Date("-001000-01-01T00:00:00Z"), max: new Date("+011000-01-01T00:00:00Z") };
  fc.assert(
    fc.property(fc.date({ ...years, noInvalidDate: false }), (date) => {
      expect(commandClock.formatTime?.(date.getTime())).toBe(String(date.toJSON()));
    }),
    { numRuns: 2_000 },
  );
});
