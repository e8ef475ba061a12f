import { rmSync, writeFileSync } from "node:fs";
import { importances } from "@activity/core";
import { testEvent } from "@activity/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { drain, filesIn, idsOf, temporaryDirectory } from "../test/spool-fixtures.ts";
import type { SpoolStore } from "./index.ts";
import { createSpoolStore } from "./index.ts";

let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory.remove());

/** An event of about so many bytes. */
function append(store: SpoolStore, id: string, bytes: number): void {
  const event = JSON.parse(testEvent(1).text) as Record<string, unknown>; // One of the test's.
  store.append(JSON.stringify({ ...event, event_id: id, pad: "x".repeat(bytes) }), 0, importances.behavioral);
}

/** A store whose host records another event, larger than all others, each time it is told of a problem. */
function openEager(maxEvents = Number.POSITIVE_INFINITY): {
  readonly store: SpoolStore;
  readonly told: string[];
} {
  const told: string[] = [];
  const store = createSpoolStore({
    directory: directory.path,
    destination: "x",
    segmentBytes: 500,
    maxEvents,
    onProblem: ({ code }) => {
      told.push(code);
      append(store, `told.${told.length}`, 2_000);
      if (store.usage.events > maxEvents) store.evict();
    },
  });
  return { store, told };
}

describe("an event that a host records while it is told of a problem", () => {
  it("harms none that is just being recorded", () => {
    const { store, told } = openEager();
    append(store, "test.1", 600);
    // Sealing the first tells that it is gone.
    rmSync(store.folder ?? "", { recursive: true });
    append(store, "test.2", 10);
    append(store, "test.3", 10);
    expect(idsOf(drain(store)).toSorted()).toEqual(["test.2", "test.3", "told.1", "told.2"]);
    expect(store.evict()).toEqual([{ reason: "corrupt", count: 1, texts: [], positions: [1] }]);
    expect(told).toEqual(["store", "dropped"]);
  });

  it("has nothing read twice that another process left damaged", async () => {
    const left = createSpoolStore({ directory: directory.path, destination: "x" });
    append(left, "left.1", 10);
    append(left, "left.2", 10);
    await left.close();
    const { store, told } = openEager(2);
    expect(store.adopt?.()).toBe(2);
    for (const file of filesIn(directory.path)) writeFileSync(file, "#", { flag: "r+" });
    const lease = store.lease(() => true, true);
    expect([lease !== "loading" && lease?.count, told, store.usage.events]).toEqual([2, ["dropped"], 2]);
  });
});
