import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@activity/core";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { temporaryDirectory } from "../../test/intake-fixtures.ts";
import { applyRetention, readRemoved } from "./retention.ts";

const dayMs = 86_400_000;
const now = Date.parse("2026-03-10T12:00:00Z");
const clock = { ...systemClock, now: () => now };
let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory.remove());

/** A file of 100 bytes, begun and last written so many days ago. */
function add(daysAgo: number, writer = "a", number = 1): string {
  const begun = new Date(now - daysAgo * dayMs).toISOString().replace(/[:.]/g, "");
  const name = `events-${begun}-${writer.repeat(12)}-${String(number).padStart(6, "0")}.ndjson`;
  writeFileSync(join(directory.path, name), "x".repeat(100));
  utimesSync(join(directory.path, name), new Date(now), new Date(now - daysAgo * dayMs));
  return name;
}

const kept = (): string[] => readdirSync(directory.path).filter((name) => name.startsWith("events-"));

describe("retention", () => {
  it("removes what is older, and notes it", async () => {
    const [old, recent] = [add(31), add(29, "b")];
    const limits = { maxAgeMs: 30 * dayMs, maxBytes: undefined };
    expect(await applyRetention(directory.path, limits, clock)).toBe(1);
    expect(kept()).toEqual([recent]);
    expect(kept()).not.toContain(old);
    expect(readRemoved(directory.path)).toEqual({
      files: 1,
      bytes: 100,
      lastWritten: new Date(now - 31 * dayMs).toISOString(),
    });
    add(40);
    await applyRetention(directory.path, limits, clock);
    expect(readRemoved(directory.path)).toMatchObject({
      files: 2,
      bytes: 200,
      lastWritten: new Date(now - 31 * dayMs).toISOString(),
    });
  });

  it("removes the oldest until the rest has room", async () => {
    add(9, "a");
    add(8, "b");
    const rest = [add(7, "a", 2), add(6, "c")];
    expect(await applyRetention(directory.path, { maxAgeMs: undefined, maxBytes: 250 }, clock)).toBe(2);
    expect(kept().toSorted()).toEqual(rest.toSorted());
  });

  it("never removes a file that its writer may still be writing to", async () => {
    const first = add(0.5, "a", 1);
    const current = add(0.4, "a", 2);
    expect(await applyRetention(directory.path, { maxAgeMs: 1, maxBytes: 1 }, clock)).toBe(1);
    expect(kept()).toEqual([current]);
    expect(kept()).not.toContain(first);
  });

  it("leaves everything else alone, also when there is nothing", async () => {
    mkdirSync(join(directory.path, "spool"));
    writeFileSync(join(directory.path, "notes.txt"), "mine");
    expect(await applyRetention(directory.path, { maxAgeMs: 0, maxBytes: 0 }, clock)).toBe(0);
    expect(await applyRetention(join(directory.path, "none"), { maxAgeMs: 0, maxBytes: 0 }, clock)).toBe(0);
    expect(readdirSync(directory.path)).toEqual(["notes.txt", "spool"]);
    expect(readRemoved(directory.path)).toBeUndefined();
  });
});
