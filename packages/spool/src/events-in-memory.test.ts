import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { importances } from "@activity/core";
import { fakeClock, testEvents } from "@activity/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { drain, filesIn, idsOf, temporaryDirectory } from "../test/spool-fixtures.ts";
import type { SpoolStore } from "./index.ts";
import { createSpoolStore } from "./index.ts";

let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory.remove());

const clock = fakeClock();

/** A store whose folder cannot be made: there is a file in its place. */
function openBlocked(write: "event" | "tick" = "event"): { readonly store: SpoolStore; unblock(): void } {
  const store = createSpoolStore({ directory: directory.path, destination: "x", clock, write });
  const folder = store.folder ?? "";
  mkdirSync(dirname(folder), { recursive: true });
  writeFileSync(folder, "");
  return { store, unblock: () => rmSync(folder) };
}

function append(store: SpoolStore, from: number, to: number): void {
  for (const { text } of testEvents(from, to)) store.append(text, 0, importances.behavioral);
}

function idsOnDisk(): readonly string[] {
  return filesIn(directory.path).flatMap((file) => idsOf(readFileSync(file, "utf8").trimEnd().split("\n")));
}

const five = ["test.1", "test.2", "test.3", "test.4", "test.5"];

describe("events that the disk did not take", () => {
  it.each(["event", "tick"] as const)(
    "are put on disk with the first one that it takes again, in their order: %s",
    async (write) => {
      const { store, unblock } = openBlocked(write);
      append(store, 1, 4);
      expect([store.survives, store.usage.events]).toEqual([false, 4]);
      unblock();
      await clock.advance(1_000);
      append(store, 5, 5);
      await store.durable(5);
      expect([store.survives, idsOnDisk().toSorted()]).toEqual([true, five]);
      expect(idsOf(drain(store))).toEqual(five);
      expect([store.usage.events, filesIn(directory.path)]).toEqual([0, []]);
    },
  );

  it("are tried once a second, and not while they are leased", async () => {
    const { store, unblock } = openBlocked();
    append(store, 1, 2);
    const lease = store.lease(() => true, true);
    if (lease === undefined || lease === "loading") throw new Error("there is no lease");
    append(store, 3, 3);
    unblock();
    append(store, 4, 4);
    expect(store.survives).toBe(false);
    await clock.advance(1_000);
    append(store, 5, 5);
    expect(idsOnDisk().toSorted()).toEqual(five.slice(2));
    store.release(lease);
    await clock.advance(1_000);
    append(store, 6, 6);
    expect(store.survives).toBe(true);
    expect(idsOf(drain(store))).toEqual([...five, "test.6"]);
  });
});
