import { chownSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
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

const isRoot = process.geteuid?.() === 0;

/** Gives a folder to another user, where that can be done. */
function chownIfRoot(folder: string): void {
  if (isRoot) chownSync(folder, 12_345, 12_345);
}

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

  it("deletes nothing that no spool has made", async () => {
    const user = join(directory.path, "holiday", "quarantine", "photos");
    mkdirSync(user, { recursive: true });
    writeFileSync(join(user, "1.jpg"), "x");
    await leave("one", 3);
    const [file = ""] = filesIn(directory.path);
    const quarantine = join(dirname(file), "quarantine");
    mkdirSync(join(quarantine, "folder.damaged"), { recursive: true });
    writeFileSync(join(quarantine, "x.damaged"), "x");
    writeFileSync(join(quarantine, "own.txt"), "x");
    expect(clearSpools(directory.path)).toBe(3);
    expect(readdirSync(quarantine).toSorted()).toEqual(["folder.damaged", "own.txt"]);
    expect(readdirSync(user)).toEqual(["1.jpg"]);
  });

  it("does not follow a quarantine that is a link", async () => {
    await leave("one", 3);
    const [file = ""] = filesIn(directory.path);
    const elsewhere = join(directory.path, "elsewhere");
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, "x.damaged"), "x");
    symlinkSync(elsewhere, join(dirname(file), "quarantine"));
    expect(clearSpools(directory.path)).toBe(3);
    expect(readdirSync(elsewhere)).toEqual(["x.damaged"]);
  });

  it("deletes all it can, and then says what it could not", async () => {
    await leave("one", 3);
    const foreign = join(directory.path, "0".repeat(16));
    mkdirSync(foreign);
    chownIfRoot(foreign);
    await leave("two", 4);
    const [file = ""] = filesIn(directory.path);
    const odd = join(
      dirname(file),
      basename(file)
        .replace("-c3-", "-cx-")
        .replace(/-\d+-l0/, "-99-l0"),
    );
    mkdirSync(odd);
    const failure = isRoot ? foreign : odd;
    expect(() => clearSpools(directory.path)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/^7 event\(s\) that waited were deleted, but /),
      }),
    );
    expect(() => clearSpools(directory.path)).toThrow(failure.slice(0, directory.path.length + 17));
    expect(filesIn(directory.path)).toEqual([]);
  });

  it("deletes at once what an owner holds that nobody here can look at", async () => {
    await leave("one", 3);
    const [file = ""] = filesIn(directory.path);
    renameSync(file, file.replace("nobody", "deadbeef.22924f86.4026531999.7.100.0.aaaaaaaaaaaa"));
    expect(clearSpools(directory.path)).toBe(3);
    expect(filesIn(directory.path)).toEqual([]);
  });

  it("has nothing to do where there is no directory, and leaves other files alone", () => {
    expect(clearSpools(join(directory.path, "none"))).toBe(0);
    mkdirSync(join(directory.path, "folder"));
    expect(clearSpools(directory.path)).toBe(0);
    expect(readdirSync(directory.path)).toEqual(["folder"]);
  });
});
