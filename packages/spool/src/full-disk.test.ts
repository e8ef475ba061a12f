import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { drain, idsOf, temporaryDirectory } from "../test/spool-fixtures.ts";
import { createSpoolStore } from "./index.ts";

let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory.remove());

it("loses nothing when a file cannot grow any more", () => {
  const file = fileURLToPath(new URL("../test/full-disk-process.ts", import.meta.url));
  // The system refuses to let a file grow beyond 4 blocks, in the middle of a line.
  const command = `ulimit -f 4; exec "$0" --conditions=@activity/source "$1" "$2"`;
  const { stdout } = spawnSync("/bin/sh", ["-c", command, process.execPath, file, directory.path], {
    encoding: "utf8",
  });
  const said = JSON.parse(stdout) as Record<string, unknown>;
  expect(said).toEqual({
    usage: 100,
    problems: ["store"],
    survives: true,
    leased: 100,
    distinct: 100,
    after: true,
  });
  const store = createSpoolStore({ directory: directory.path, destination: "test" });
  const adopted = store.adopt?.() ?? 0;
  const found = idsOf(drain(store));
  expect([found.length, new Set(found).size, store.evict()]).toEqual([adopted, adopted, []]);
  expect(adopted).toBeGreaterThan(0);
});
