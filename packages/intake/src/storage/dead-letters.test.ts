import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@activity/core";
import type { RejectedEvent } from "@activity/proxy";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { temporaryDirectory } from "../../test/intake-fixtures.ts";
import { DeadLetters, listDeadLetters } from "./dead-letters.ts";

let directory: ReturnType<typeof temporaryDirectory>;
const told: string[] = [];
beforeEach(() => {
  directory = temporaryDirectory();
  told.length = 0;
});
afterEach(() => directory.remove());

const open = (maxBytes: number, path = directory.path): DeadLetters =>
  new DeadLetters({
    directory: path,
    maxBytes,
    clock: systemClock,
    tell: ({ message }) => told.push(message),
  });

const rejected = (code: string, text?: string): RejectedEvent => ({
  text,
  problem: { index: 0, code, pointer: "/event_time", detail: "why" },
});

const linesOf = (path: string): unknown[] =>
  readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("dead letters", () => {
  it("stand in a file for each reason, as they were sent", () => {
    const letters = open(1_048_576);
    letters.keep([rejected("bad_time", '{"a":\n12345678901234567890}'), rejected("bad_json", "{")], "cli");
    letters.keep([
      rejected("bad_time", "second"),
      rejected("Weird Code/../x", "third"),
      rejected("bad_unicode"),
    ]);
    const files = listDeadLetters(directory.path);
    expect(files.map(({ code }) => code)).toEqual(["bad_json", "bad_time", "bad_unicode", "other"]);
    expect(linesOf(files[1]?.path ?? "")).toMatchObject([
      {
        code: "bad_time",
        pointer: "/event_time",
        detail: "why",
        key: "cli",
        event: '{"a":\n12345678901234567890}',
      },
      { event: "second" },
    ]);
    expect(linesOf(files[3]?.path ?? "")).toMatchObject([{ code: "Weird Code/../x", event: "third" }]);
    expect(linesOf(files[2]?.path ?? "")).toMatchObject([{ event: null }]);
  });

  it("take no more room than they may: the oldest file goes first", () => {
    const letters = open(16_000);
    const large = "x".repeat(900);
    for (let count = 0; count < 100; count++) letters.keep([rejected("too_large", `${count}-${large}`)]);
    const files = listDeadLetters(directory.path);
    expect(files.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(16_000);
    const texts = files.flatMap(({ path }) => linesOf(path)).map((letter) => JSON.stringify(letter));
    expect(texts.some((text) => text.includes('"99-'))).toBe(true);
    expect(texts.some((text) => text.includes('"0-'))).toBe(false);
  });

  it("are written to a new file when one was taken away", () => {
    const letters = open(1_048_576);
    letters.keep([rejected("bad_time", "first")]);
    const [file] = listDeadLetters(directory.path);
    renameSync(file?.path ?? "", `${file?.path}.replaying`);
    letters.keep([rejected("bad_time", "second")]);
    expect(listDeadLetters(directory.path).map(({ path }) => linesOf(path))).toMatchObject([
      [{ event: "second" }],
    ]);
  });

  it("can be switched off, and a disk that refuses is told and harms nobody", () => {
    open(0).keep([rejected("bad_time", "x")]);
    expect(listDeadLetters(directory.path)).toEqual([]);
    writeFileSync(join(directory.path, "file"), "");
    open(1_000, join(directory.path, "file", "below")).keep([rejected("bad_time", "x")]);
    expect(told).toMatchObject([expect.stringContaining("1 dead letter(s) could not be kept")]);
  });

  it("do not wait for ever where no directory can be", () => {
    open(1_000, "/proc/activity/dead-letters").keep([rejected("bad_time", "x")]);
    expect(told).toMatchObject([expect.stringContaining("1 dead letter(s) could not be kept")]);
  });

  it("are kept again at once when somebody has removed the directory", () => {
    const path = join(directory.path, "letters");
    const letters = open(1_048_576, path);
    letters.keep([rejected("bad_time", "first")]);
    rmSync(path, { recursive: true });
    letters.keep([rejected("bad_time", "second")]);
    expect(listDeadLetters(path).map((file) => linesOf(file.path))).toMatchObject([[{ event: "second" }]]);
    expect(told).toEqual([]);
  });
});
