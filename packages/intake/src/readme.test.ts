import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "@jest/globals";
import { temporaryDirectory } from "../test/intake-fixtures.ts";

const folder = fileURLToPath(new URL("..", import.meta.url));

it("has a README whose sample listens and ends", () => {
  const [, sample = ""] = /```ts\n([\s\S]*?)```/.exec(readFileSync(`${folder}README.md`, "utf8")) ?? [];
  const directory = temporaryDirectory();
  const program = sample.replace('"activity-data"', JSON.stringify(directory.path));
  const args = ["--conditions=@activity/source", "--input-type=module-typescript", "-e", program];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: "utf8",
    timeout: 15_000,
  });
  directory.remove();
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1\/events\n$/);
});
