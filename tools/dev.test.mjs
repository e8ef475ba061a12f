import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { main as runBench } from "./bench-task.mjs";
import { MissingPrerequisite, repositoryRoot } from "./run.mjs";

describe("the door to the tasks", () => {
  it.each(["nothing", "toString", "__proto__"])("knows no task %s: usage and exit 2", (task) => {
    const door = join(repositoryRoot, "tools", "dev.mjs");
    const { status, stderr } = spawnSync(process.execPath, [door, task], { encoding: "utf8" });
    expect({ status, usage: stderr.split("\n")[0] }).toEqual({
      status: 2,
      usage: "Usage: npm run TASK -- [arguments]",
    });
  });
});

describe("bench and soak", () => {
  it.each([
    ["an option's value is not taken for the name", ["--count", "60", "mutation"], ', not "--count": '],
    ["a name that no file has", ["nothing", "--json"], ', not "nothing": '],
    ["no name", [], ": "],
  ])("%s", async (_, args, said) => {
    const refused = runBench(args, { task: "soak" });
    await expect(refused).rejects.toThrow(MissingPrerequisite);
    await expect(refused).rejects.toThrow(`Say first which soak to run${said}`);
    await expect(refused).rejects.toThrow("mutation");
  });
});
