import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { temporaryDirectory } from "../test/spool-fixtures.ts";
import { readSegments } from "./index.ts";

it("reads beside somebody who takes a file over and gives it back, again and again", async () => {
  const directory = temporaryDirectory();
  const path = join(directory.path, "left.ndjson");
  writeFileSync(path, '{"event_id":"a.1"}\n');
  const code = `const { renameSync } = require("node:fs");
    const [path] = process.argv.slice(1);
    console.log("begun");
    for (;;) {
      renameSync(path, path + ".taken");
      renameSync(path + ".taken", path);
    }`;
  const other = spawn(process.execPath, ["-e", code, path], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    await once(other.stdout, "data");
    for (let round = 0; round < 1_000; round++)
      for await (const text of readSegments(directory.path)) expect(text).toBe('{"event_id":"a.1"}');
  } finally {
    const ended = once(other, "exit");
    other.kill("SIGKILL");
    await ended;
    directory.remove();
  }
});
