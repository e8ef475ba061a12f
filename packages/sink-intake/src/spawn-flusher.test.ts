import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { findFlusher } from "./spawn-flusher.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "activity-spawn-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it.each([
  ["shop/flusher.js", true],
  ["shop.asar.unpacked/flusher.js", true],
  ["shop.asar/flusher.js", false],
  ["Shop.ASAR/flusher.js", false],
  ["shop.Zip/flusher.js", false],
  ["shop.asar\\flusher.js", false],
  ["shop.ZIP\\flusher.js", false],
])("%j is a program on disk: %p", (name, found) => {
  const file = join(directory, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "");
  expect(findFlusher({}, file).file).toBe(found ? file : undefined);
});
