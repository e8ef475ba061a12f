import { execFileSync } from "node:child_process";
import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { audit, createClient } from "@activity/core";
import { testEvents } from "@activity/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  filesIn,
  startClientProcess,
  startSpoolProcess,
  stopProcesses,
  temporaryDirectory,
} from "../test/spool-fixtures.ts";
import { createSpoolStore, fileSink, listSegments, runCommand } from "./index.ts";

let directory: ReturnType<typeof temporaryDirectory>;
let lines: string[];
let errors: string[];
const written: string[] = [];
const output = {
  write: async (bytes: Uint8Array): Promise<void> => void written.push(new TextDecoder().decode(bytes)),
  print: (line: string) => lines.push(line),
  printError: (line: string) => errors.push(line),
};

beforeEach(() => {
  directory = temporaryDirectory();
  [lines, errors] = [[], []];
});
afterEach(async () => {
  await stopProcesses();
  directory.remove();
});

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
    expect(lines[1]).toBe(
      "2 event(s), 0 lost, 0 duplicated, 0 announced as dropped, 0 line(s) damaged, 0 with ids of their own",
    );
  });

  it("fails over a gap, a repeat and a damaged line", async () => {
    const sink = fileSink({ directory: directory.path });
    const source = "V1StGXR8_Z5jdHi6B-myT";
    for (const [from, to] of [
      [1, 2],
      [5, 6],
      [6, 6],
    ] as const)
      for (const event of testEvents(from, to, { source })) sink.record(event);
    for (const event of testEvents(7, 7, { source: "order" })) sink.record(event);
    await sink.close();
    const [file = ""] = await listSegments(directory.path);
    appendFileSync(file, "not json\n");
    expect(await runCommand(["audit", directory.path], output)).toBe(1);
    expect(lines).toEqual([
      `${source}: 1–6, open, lost: 3–4`,
      "6 event(s), 2 lost, 1 duplicated, 0 announced as dropped, 1 line(s) damaged, 1 with ids of their own",
    ]);
  });

  it("fails where there is no directory", async () => {
    expect(await runCommand(["audit", join(directory.path, "none")], output)).toBe(1);
    expect(errors).toMatchObject([expect.stringContaining("ENOENT")]);
  });
});

describe("activity-spool drain", () => {
  beforeEach(async () => {
    written.length = 0;
    await startClientProcess(directory.path, { count: 25, fate: "held" });
    const left = createSpoolStore({ directory: directory.path, destination: "left" });
    for (const event of testEvents(1, 3)) left.append(event.text, 0, 3);
    await left.close();
  });

  it("writes what waits, and where each dead source ended, to standard output", async () => {
    expect(await runCommand(["drain", directory.path], output)).toBe(0);
    const events = written
      .join("")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(await audit(events)).toMatchObject({ events: 29, lost: 0, duplicated: 0 });
    expect(errors).toEqual(["activity-spool: 29 event(s) delivered, 0 refused, 0 damaged, 0 left"]);
    expect(filesIn(directory.path)).toEqual([]);
  });

  it("appends to a file, from one spool as from all", async () => {
    const out = join(directory.path, "drained.ndjson");
    for (const folder of readdirSync(directory.path))
      expect(await runCommand(["drain", join(directory.path, folder), "--out", out], output)).toBe(0);
    expect(readFileSync(out, "utf8").split("\n")).toHaveLength(30);
  });

  it("leaves everything where it cannot be written", async () => {
    const broken = { ...output, write: () => Promise.reject(new Error("nobody reads")) };
    expect(await runCommand(["drain", directory.path], broken)).toBe(1);
    expect(errors).toEqual(["activity-spool: nobody reads"]);
    expect(await runCommand(["drain", directory.path], output)).toBe(0);
    expect(written.join("").match(/"event_id"/g)).toHaveLength(29);
  });

  it("leaves alone what a process holds that lives, its own and what it took over", async () => {
    const child = await startClientProcess(directory.path, { count: 5, fate: "stay" });
    expect(await runCommand(["drain", directory.path], output)).toBe(0);
    expect(errors).toEqual(["activity-spool: 3 event(s) delivered, 0 refused, 0 damaged, 0 left"]);
    await child.stop();
    expect(await runCommand(["drain", directory.path], output)).toBe(0);
    expect(errors.at(-1)).toMatch(/: 32 event/);
  });

  it("needs the key that it is told of", async () => {
    const args = ["drain", directory.path, "--to", "http://127.0.0.1:9/", "--write-key-env", "NO_SUCH_KEY"];
    expect(await runCommand(args, output)).toBe(1);
    expect(errors).toEqual(["activity-spool: NO_SUCH_KEY is not set in the environment"]);
  });
});

it.each<[string[], string]>([
  [[], "there is no command"],
  [["stauts", "."], 'there is no command "stauts"; did you mean status?'],
  [["toString", "."], 'there is no command "toString"'],
  [["status"], "status needs a directory"],
  [["drain"], "drain needs a directory"],
  [["status", ".", "x"], 'status takes no "x"'],
  [["status", ".", "--out", "x"], "status has no --out"],
  [["drain", ".", "--out", "x", "--to", "y"], "--out and --to do not go together"],
  [["drain", ".", "--write-key-env", "X"], "--write-key-env goes with --to"],
  [["drain", ".", "--tape", "x"], "--tape"],
])("names what it does not understand in %j, and says how it is used", async (args, message) => {
  expect(await runCommand(args, output)).toBe(2);
  expect(errors).toMatchObject([expect.stringContaining(message), expect.stringContaining("usage:")]);
});
