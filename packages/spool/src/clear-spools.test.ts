import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { importances } from "@activity/core";
import { testEvents } from "@activity/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  filesIn,
  startClientProcess,
  startSpoolProcess,
  temporaryDirectory,
} from "../test/spool-fixtures.ts";
import { clearSpools, createSpoolStore } from "./index.ts";

let directory: ReturnType<typeof temporaryDirectory>;

beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory.remove());

/** Leaves events for the next start, as a closed store does. */
async function leave(destination: string, count: number): Promise<void> {
  const store = createSpoolStore({ directory: directory.path, destination });
  for (const { text } of testEvents(1, count)) store.append(text, 0, importances.behavioral);
  await store.close();
}

describe("clearSpools", () => {
  it("deletes what waits, whatever its destination, and counts it", async () => {
    await leave("one", 3);
    await leave("two", 4);
    expect(clearSpools(directory.path)).toBe(7);
    expect([filesIn(directory.path), clearSpools(directory.path)]).toEqual([[], 0]);
  });

  it("deletes what a killed process was writing, and nothing of a living one", async () => {
    const start = (end: "kill" | "stay") => startSpoolProcess(directory.path, { source: "s", count: 5, end });
    await (await start("kill")).stop();
    expect(clearSpools(directory.path)).toBe(5);
    const living = await start("stay");
    const cleared = clearSpools(directory.path);
    const files = filesIn(directory.path).length;
    await living.stop();
    expect([cleared, files]).toEqual([0, 3]);
    expect(clearSpools(directory.path)).toBe(5);
  });

  it("deletes marks of dead processes and what was set aside, too", async () => {
    await startClientProcess(directory.path, { count: 3, fate: "held" });
    const [file = ""] = filesIn(directory.path);
    const quarantine = join(dirname(file), "quarantine");
    mkdirSync(quarantine);
    writeFileSync(join(quarantine, "x.damaged"), "x");
    expect(clearSpools(directory.path)).toBe(3);
    expect(readdirSync(dirname(file))).toEqual([]);
  });

  it("has nothing to do where there is no directory, and leaves other files alone", () => {
    expect(clearSpools(join(directory.path, "none"))).toBe(0);
    mkdirSync(join(directory.path, "folder"));
    expect(clearSpools(directory.path)).toBe(0);
    expect(readdirSync(directory.path)).toEqual(["folder"]);
  });
});
