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

it("loses nothing that it cannot read while a process may open no more files", async () => {
  await startSpoolProcess(directory.path, { source: "child", count: 30, end: "kill" });
  const file = fileURLToPath(new URL("../test/too-many-files-process.ts", import.meta.url));
  const command = `ulimit -n 80; exec "$0" --conditions=@activity/source "$1" "$2"`;
  const { stdout } = spawnSync("/bin/sh", ["-c", command, process.execPath, file, directory.path], {
    encoding: "utf8",
    timeout: 100_000,
  });
  expect(JSON.parse(stdout)).toEqual({
    failure: "EMFILE",
    // Who knows nothing of itself would be taken for dead.
    owner: "EMFILE",
    adopted: 30,
    // Over its bound, it gives nothing up that it cannot name.
    evicted: [],
    leased: ["loading", "loading"],
    told: ["store"],
    dropped: Array.from({ length: 11 }, () => "capacity"),
    found: [70, 70],
    left: 0,
  });
  expect(filesIn(directory.path, quarantineName)).toEqual([]);
});
