import { expect, it } from "@jest/globals";
import { commandClock } from "./command-clock.ts";

it("never goes back, and makes ids as nanoid does", () => {
  const before = commandClock.monotonic();
  expect(commandClock.monotonic()).toBeGreaterThanOrEqual(before);
  const ids = new Set(Array.from({ length: 1_000 }, () => commandClock.createId?.() ?? ""));
  expect(ids.size).toBe(1_000);
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{21}$/);
});
