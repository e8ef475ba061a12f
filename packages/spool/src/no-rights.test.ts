import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { filesIn, startSpoolProcess, temporaryDirectory } from "../test/spool-fixtures.ts";
import { quarantineName } from "./quarantine.ts";

let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory.remove());

it("loses nothing that it may not read for a while, and counts none of it as damaged", async () => {
  await startSpoolProcess(directory.path, { source: "child", count: 30, end: "close" });
  const file = fileURLToPath(new URL("../test/no-rights-process.ts", import.meta.url));
  const args = ["--conditions=@activity/source", file, directory.path];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 100_000 });
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual({
    adopted: 30,
    leased: "loading",
    lost: [],
    // To whoever comes next: here to itself.
    handedOver: 30,
    waits: 10,
    again: 30,
    found: 40,
    problems: [],
    left: 0,
  });
  expect(filesIn(directory.path, quarantineName)).toEqual([]);
});
