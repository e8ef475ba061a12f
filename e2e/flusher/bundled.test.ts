/**
 * Commands in other shapes than npm installs: as one file by esbuild, as a single executable, under Bun. A flusher is
 * started only where its program lies on disk; else the next command delivers, and nothing is ever started twice.
 */
import { copyFileSync, existsSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { build } from "esbuild";
import type { FlusherTrial } from "./support/flusher-trial.ts";
import { startTrial } from "./support/flusher-trial.ts";
import { runTool } from "./support/run-tool.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

const timeoutMs = 240_000;
const require = createRequire(import.meta.url);
const commandFile = fileURLToPath(new URL("support/command.ts", import.meta.url));
let folder: ReturnType<typeof temporaryFolder>;
let trial: FlusherTrial;

beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder.remove());
beforeEach(async () => {
  trial = await startTrial();
});
afterEach(() => trial.end(), timeoutMs);

describe.each(["esm", "cjs"] as const)("a command that esbuild made into one file, as %s", (format) => {
  const extension = { esm: ".mjs", cjs: ".cjs" }[format];
  let program: readonly [string, string];

  beforeAll(async () => {
    await bundle({ command: commandFile }, format);
    program = [process.execPath, join(folder.path, `command${extension}`)];
  }, timeoutMs);

  it("leaves delivery to the next one", () => expectNextStartDelivers(program), timeoutMs);

  it(
    "has a flusher where it carries its program along",
    async () => {
      await bundle({ flusher: "@activity/sink-intake/flusher" }, format);
      const run = await trial.run(program, { TRIAL_FLUSHER: join(folder.path, `flusher${extension}`) });
      expect(run).toMatchObject({ code: 0, stderr: "", said: { delivered: 0, handedOver: 4 } });
      expect(await trial.until(() => trial.arrived() === 3)).toBe(true);
    },
    timeoutMs,
  );
});

it(
  "a single executable starts none, although it could, and the next one delivers",
  async () => {
    await bundle({ command: commandFile }, "cjs");
    const file = await makeExecutable(join(folder.path, "command.cjs"));
    await bundle({ flusher: "@activity/sink-intake/flusher" }, "cjs");
    // Even a program that says where a flusher lies would start itself, not Node.
    await expectNextStartDelivers([file], { TRIAL_FLUSHER: join(folder.path, "flusher.cjs") });
  },
  timeoutMs * 2,
);

describe("under Bun", () => {
  const bun = fileURLToPath(new URL("../node_modules/@oven/bun-linux-x64/bin/bun", import.meta.url));

  it(
    "a command starts none, and the next one delivers",
    async () => {
      expect(existsSync(bun)).toBe(true);
      await bundle({ command: commandFile, flusher: "@activity/sink-intake/flusher" }, "esm");
      const program = [bun, join(folder.path, "command.mjs")] as const;
      await expectNextStartDelivers(program, { TRIAL_FLUSHER: join(folder.path, "flusher.mjs") });
    },
    timeoutMs,
  );

  it(
    "nor does a binary that Bun made",
    async () => {
      await bundle({ command: commandFile }, "esm");
      const file = join(folder.path, "bun-command");
      await runTool(
        bun,
        ["build", "--compile", join(folder.path, "command.mjs"), "--outfile", file],
        folder.path,
      );
      await expectNextStartDelivers([file]);
    },
    timeoutMs,
  );
});

/** Runs a command until what the first one left has arrived, a few times at most: each start has 10 s. */
async function expectNextStartDelivers(
  program: readonly [string, ...string[]],
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  trial.collector.behave(() => ({ act: "refuse", answer: { status: 503 } }));
  const first = await trial.run(program, environment);
  expect(first).toMatchObject({ code: 0, stderr: "", said: { delivered: 0, handedOver: 4 } });
  trial.collector.behave(() => ({ act: "take" }));
  expect(trial.arrived()).toBe(0);
  for (let start = 0; start < 5 && trial.arrived() < 3; start++) {
    const next = await trial.run(program, { ...environment, TRIAL_CLOSE_MS: "10000" });
    expect(next).toMatchObject({ code: 0, stderr: "" });
    expect(trial.flushers()).toEqual([]);
  }
  expect(trial.arrived()).toBeGreaterThanOrEqual(3);
}

/** Makes entries into one file each. */
async function bundle(entryPoints: Readonly<Record<string, string>>, format: "esm" | "cjs"): Promise<void> {
  await build({
    absWorkingDir: fileURLToPath(new URL("support", import.meta.url)),
    entryPoints,
    outdir: folder.path,
    outExtension: { ".js": { esm: ".mjs", cjs: ".cjs" }[format] },
    bundle: true,
    platform: "node",
    format,
    logLevel: "silent",
  });
}

/** A copy of Node with a program inside (https://nodejs.org/api/single-executable-applications.html). */
async function makeExecutable(main: string): Promise<string> {
  const at = (name: string): string => join(folder.path, name);
  writeFileSync(
    at("sea.json"),
    JSON.stringify({ main, output: at("sea.blob"), disableExperimentalSEAWarning: true }),
  );
  await runTool(process.execPath, ["--experimental-sea-config", at("sea.json")], folder.path);
  copyFileSync(process.execPath, at("command-executable"));
  const fuse = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";
  const postject = require.resolve("postject/dist/cli.js");
  const args = [at("command-executable"), "NODE_SEA_BLOB", at("sea.blob"), "--sentinel-fuse", fuse];
  await runTool(process.execPath, [postject, ...args], folder.path);
  return at("command-executable");
}
