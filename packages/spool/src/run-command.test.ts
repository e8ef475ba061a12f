import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createClient } from "@activity/core";
import { testEvents } from "@activity/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { startSpoolProcess, temporaryDirectory } from "../test/spool-fixtures.ts";
import { createSpoolStore, fileSink, listSegments, runCommand } from "./index.ts";

let directory: ReturnType<typeof temporaryDirectory>;
let lines: string[];
let errors: string[];
const output = { print: (line: string) => lines.push(line), printError: (line: string) => errors.push(line) };

beforeEach(() => {
  directory = temporaryDirectory();
  [lines, errors] = [[], []];
});
afterEach(() => directory.remove());

describe("activity-spool status", () => {
  it("says what waits and whose it is", async () => {
    await startSpoolProcess(directory.path, { source: "dead", count: 1, end: "kill" });
    const left = createSpoolStore({ directory: directory.path, destination: "left" });
    for (const { text } of testEvents(1, 2)) left.append(text, 0, 3);
    await left.close();
    createSpoolStore({ directory: directory.path, destination: "own" }).append("{}", 0, 3);
    expect(await runCommand(["status", directory.path], output)).toBe(0);
    expect(lines.map((line) => line.replace(/\d+ bytes/, "n bytes")).toSorted()).toEqual([
      "1 file(s), n bytes: open, of a process that is alive",
      "1 file(s), n bytes: open, of a process that is dead",
      "1 file(s), n bytes: pending, left for the next process",
    ]);
  });

  it("says that nothing waits", async () => {
    const bin = fileURLToPath(new URL("../bin/activity-spool.mjs", import.meta.url));
    const args = ["--conditions=@activity/source", bin, "status", directory.path];
    expect(execFileSync(process.execPath, args, { encoding: "utf8" })).toBe("nothing waits here\n");
  });
});

describe("activity-spool audit", () => {
  it("accounts for every event", async () => {
    const activity = createClient({ sink: fileSink({ directory: directory.path }) });
    activity.track("start");
    await activity.close();
    expect(await runCommand(["audit", directory.path], output)).toBe(0);
    expect(lines[0]).toMatch(/^[\w-]+: 1–2, closed$/);
    expect(lines[1]).toBe("2 event(s), 0 lost, 0 duplicated, 0 announced as dropped, 0 line(s) damaged");
  });

  it("fails over a gap, a repeat and a damaged line", async () => {
    const sink = fileSink({ directory: directory.path });
    for (const event of [...testEvents(1, 2), ...testEvents(5, 6), ...testEvents(6, 6)]) sink.record(event);
    await sink.close();
    const [file = ""] = await listSegments(directory.path);
    appendFileSync(file, "not json\n");
    expect(await runCommand(["audit", directory.path], output)).toBe(1);
    expect(lines).toEqual([
      "test: 1–6, open, lost: 3–4",
      "5 event(s), 2 lost, 1 duplicated, 0 announced as dropped, 1 line(s) damaged",
    ]);
  });

  it("fails where there is no directory", async () => {
    expect(await runCommand(["audit", join(directory.path, "none")], output)).toBe(1);
    expect(errors).toMatchObject([expect.stringContaining("ENOENT")]);
  });
});

it.each([[], ["status"], ["drain", "."], ["status", ".", "."]])(
  "says how it is used for %j",
  async (...args) => {
    expect(await runCommand(args, output)).toBe(2);
    expect(errors).toMatchObject([expect.stringContaining("usage:")]);
  },
);
