/** A newcomer: a clone, an empty home, no pnpm, and `npm install` typed first by reflex. Then the tasks have to work. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { publicPackages } from "../../tools/public-packages.mjs";
import { must, run } from "../../tools/run.mjs";
import { copyRepository } from "../support/repository-copy.ts";

describe("a fresh clone with an empty home", () => {
  let scratch: string;
  let clone: string;

  beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), "activity-fresh-"));
    clone = join(scratch, "clone");
    mkdirSync(join(scratch, "origin"));
    await copyRepository(join(scratch, "origin"));
    await must("git", ["clone", "--quiet", join(scratch, "origin"), clone], { output: "keep" });
  });

  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  const type = (...words: string[]) =>
    run("npm", words, { cwd: clone, env: newcomersEnvironment(join(scratch, "home")), output: "keep" });

  it("survives npm install, builds, and runs a test", async () => {
    const installed = await type("install", "--no-audit", "--no-fund");
    expect({ code: installed.code, output: installed.output }).toMatchObject({ code: 0 });
    expect(existsSync(join(clone, "package-lock.json"))).toBe(false);

    const built = await type("run", "build");
    expect({ code: built.code, output: built.output }).toMatchObject({ code: 0 });
    for (const { folder } of publicPackages(clone))
      expect(existsSync(join(folder, "dist", "index.js"))).toBe(true);

    const tested = await type("test", "--", "tools/stages");
    expect({ code: tested.code, output: tested.output }).toMatchObject({ code: 0 });
    expect(tested.stdout.trim().split("\n").at(-1)).toMatch(/^[1-9]\d* passed, 0 failed, 0 skipped$/);

    const { stdout } = await must("git", ["status", "--porcelain"], { cwd: clone, output: "keep" });
    expect(stdout).toBe("");
  }, 900_000);
});

/** What a shell has on a new machine: this Node, npm, git, and a home without settings, caches or stores. */
function newcomersEnvironment(home: string): NodeJS.ProcessEnv {
  mkdirSync(home, { recursive: true });
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:npm_|pnpm_|xdg_|turbo_|jest_|node_options$|activity_|init_cwd$)/i.test(name),
  );
  const path = (process.env["PATH"] ?? "").split(delimiter).filter(
    (folder) => !holds(folder, "pnpm") || holds(folder, "npm"), // where both share a folder, pnpm stays
  );
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    USERPROFILE: home,
    PATH: [dirname(process.execPath), ...path].join(delimiter),
  };
}

function holds(folder: string, program: string): boolean {
  return ["", ".exe", ".cmd"].some((ending) => existsSync(join(folder, program + ending)));
}
