import { importances } from "@activity/core";
import { fakeClock, testEvent } from "@activity/core/testing";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { drain, idsOf, temporaryDirectory } from "../test/spool-fixtures.ts";
import type { SpoolStore } from "./index.ts";
import { createSpoolStore } from "./index.ts";

let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory.remove());

function open(now: () => number): SpoolStore {
  return createSpoolStore({ directory: directory.path, destination: "x", clock: { ...fakeClock(), now } });
}

it.each([
  ["1970", 5_000],
  ["nothing", Number.NaN],
  ["microseconds", Date.UTC(2026, 10, 26) * 1_000],
])(
  "finds what was recorded while the clock showed %s, and takes it for no older than it is",
  async (_, now) => {
    const store = open(() => now);
    store.append(testEvent(1).text, 0, importances.behavioral);
    await store.close();
    const next = open(() => Date.UTC(2026, 10, 26));
    expect(next.adopt?.()).toBe(1);
    expect(next.evict(-1)).toEqual([]);
    expect(idsOf(drain(next))).toEqual(["test.1"]);
  },
);
