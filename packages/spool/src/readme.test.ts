import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "@jest/globals";
import { temporaryDirectory } from "../test/spool-fixtures.ts";

it("the sample of the README does what it says", () => {
  const directory = temporaryDirectory();
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const [, sample = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const script = sample.replaceAll('"data"', JSON.stringify(join(directory.path, "data")));
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--conditions=@activity/source", "--input-type=module-typescript", "-e", script],
    { cwd: fileURLToPath(new URL("..", import.meta.url)), encoding: "utf8" },
  );
  directory.remove();
  expect(stderr).toBe("");
  expect(stdout).toMatch(/events: 2,[\s\S]*lost: 0,/);
});
