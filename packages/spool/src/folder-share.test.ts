import { rmSync } from "node:fs";
import { importances } from "@activity/core";
import { fakeClock, testEvents } from "@activity/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { filesIn, temporaryDirectory } from "../test/spool-fixtures.ts";
import type { SpoolStore, SpoolStoreOptions } from "./index.ts";
import { createSpoolStore } from "./index.ts";

let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory.remove());

function open(options: Partial<SpoolStoreOptions> = {}): SpoolStore {
  return createSpoolStore({ directory: directory.path, destination: "test", maxBytes: 4_000, ...options });
}

function append(store: SpoolStore, count: number, importance: number = importances.metric): void {
  for (const { text } of testEvents(1, count)) store.append(text, 0, importance as 0);
}

function evicted(store: SpoolStore): number {
  return store.evict().reduce((sum, { count }) => sum + count, 0);
}

describe("the bounds of a folder", () => {
  it("leave to one store what the others do not hold", () => {
    const first = open();
    append(first, 10);
    const second = open();
    append(second, 1);
    expect(second.capacity.bytes).toBe(4_000 - first.usage.bytes);
    expect(second.folderUsage()).toEqual({
      bytes: first.usage.bytes + second.usage.bytes,
      files: 2,
      owners: 2,
    });
  });

  it("leave to each its even part, and bring all together back to what is allowed", async () => {
    const clock = fakeClock();
    const first = open({ clock });
    append(first, 40);
    evicted(first);
    expect(first.usage.bytes).toBeGreaterThan(3_800);
    const second = open({ clock });
    append(second, 30);
    expect(second.capacity.bytes).toBe(2_000);
    evicted(second);
    expect(second.usage.bytes).toBeGreaterThan(1_800);
    await clock.advance(1_000);
    expect(evicted(first)).toBeGreaterThan(0);
    expect(first.usage.bytes + second.usage.bytes).toBeLessThanOrEqual(4_000);
    expect(evicted(second)).toBe(0);
  });

  it("never cost an event for which somebody was answered", () => {
    const first = open();
    append(first, 30, importances.kept);
    const second = open();
    append(second, 30, importances.kept);
    expect(evicted(second)).toBe(0);
    expect(second.usage.events).toBe(30);
  });

  it("count the files of all stores", () => {
    const first = open({ segmentBytes: 1, maxFiles: 6, maxBytes: 1_000_000 });
    append(first, 4);
    const second = open({ segmentBytes: 1, maxFiles: 6, maxBytes: 1_000_000 });
    append(second, 5);
    expect(evicted(second)).toBe(2);
    expect(filesIn(directory.path)).toHaveLength(7);
  });

  it("do not count what somebody else removed", () => {
    const first = open();
    append(first, 10);
    rmSync(directory.path, { recursive: true });
    const second = open();
    append(second, 1);
    expect(second.capacity.bytes).toBe(4_000);
  });
});

it("tells how long its oldest event has waited", async () => {
  const clock = fakeClock();
  const store = open({ clock });
  expect(store.oldestMs()).toBe(undefined);
  append(store, 1);
  await clock.advance(250);
  append(store, 1, importances.billing);
  expect(store.oldestMs()).toBe(250);
});

it.each([{ write: "later" }, { durability: "tape" }, { maxBytes: 0 }, { segmentBytes: Number.NaN }])(
  "refuses %j",
  (options) => {
    expect(() => open(options as Partial<SpoolStoreOptions>)).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION" }),
    );
  },
);
