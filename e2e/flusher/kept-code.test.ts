/** What the engine compiles of a command's start is kept for the next command, where that is wanted and safe. */
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import type { CommandRun, Environment, FlusherTrial } from "./support/flusher-trial.ts";
import { startTrial } from "./support/flusher-trial.ts";

// What Node takes of the published package.
const client = new URL("../../packages/sink-intake/dist/bundled/cli.js", import.meta.url).href;
const timeoutMs = 240_000;
let trial: FlusherTrial;

beforeEach(async () => {
  trial = await startTrial();
  const text = readFileSync(fileURLToPath(new URL("support/command.ts", import.meta.url)), "utf8");
  writeFileSync(
    join(trial.home, "command.ts"),
    text.replace(`"@activity/sink-intake/cli"`, JSON.stringify(client)),
  );
});
afterEach(() => trial.end(), timeoutMs);

it(
  "keeps it in the user's cache directory, and takes it from there",
  async () => {
    await runWell();
    expect(statSync(keptFile()).mode & 0o777).toBe(0o600);
    const first = statSync(keptFile()).ino;
    await runWell({ TRIAL_END: "exit" });
    expect(statSync(keptFile()).ino).toBe(first);
    expect(await trial.until(() => trial.arrived() === 6)).toBe(true);
  },
  timeoutMs,
);

it.each<[string, (file: string) => void]>([
  ["torn", (file) => writeFileSync(file, readFileSync(file).subarray(0, -1_000))],
  ["changed", (file) => writeFileSync(file, readFileSync(file).fill(0, 20_000, 20_100))],
  ["of another text", (file) => writeFileSync(file, `-${readFileSync(file, "latin1").slice(1)}`, "latin1")],
  ["empty", (file) => writeFileSync(file, "")],
  ["open to others", (file) => chmodSync(file, 0o620)],
])(
  "takes no file that is %s, and makes a new one",
  async (_, spoil) => {
    await runWell();
    const good = readFileSync(keptFile()).length;
    spoil(keptFile());
    const spoilt = statSync(keptFile()).ino;
    await runWell();
    expect(statSync(keptFile()).ino).not.toBe(spoilt);
    expect(statSync(keptFile()).mode & 0o777).toBe(0o600);
    expect(readFileSync(keptFile()).length).toBeGreaterThan(good / 2);
    expect(await trial.until(() => trial.arrived() === 6)).toBe(true);
  },
  timeoutMs,
);

it.each<[string, Environment]>([
  ["consent", { ACTIVITY_TELEMETRY: "off" }],
  ["Node's compile cache", { NODE_DISABLE_COMPILE_CACHE: "1" }],
  ["a cache directory that is there", { XDG_CACHE_HOME: "/nowhere/at/all" }],
])(
  "keeps nothing without %s",
  async (_, environment) => {
    await runWell(environment);
    expect(existsSync(join(trial.home, ".cache"))).toBe(false);
  },
  timeoutMs,
);

it(
  "gives `importanceOf` an event and no more",
  async () => {
    const program = `
      import { createCliClient } from ${JSON.stringify(client)};
      let keys;
      const importanceOf = (event) => {
        keys = Object.keys(event);
        return 3;
      };
      const intake = { url: process.env.TRIAL_URL, importanceOf };
      const activity = createCliClient({ app: "trial", intake, flusher: false });
      activity.track("command_step");
      process.stdout.write(JSON.stringify(keys));
    `;
    writeFileSync(join(trial.home, "program.mjs"), program);
    const run = await trial.run([process.execPath, join(trial.home, "program.mjs")]);
    expect(run).toMatchObject({
      code: 0,
      stderr: "",
      said: ["text", "event_id", "event_time", "event_type", "event_name"],
    });
  },
  timeoutMs,
);

async function runWell(environment: Environment = {}): Promise<CommandRun> {
  const run = await trial.run([process.execPath, join(trial.home, "command.ts")], environment);
  expect(run).toMatchObject({ code: environment["TRIAL_END"] === "exit" ? 7 : 0, stderr: "" });
  return run;
}

function keptFile(): string {
  const folder = join(trial.home, ".cache", "activity-code");
  const [name = "", ...others] = readdirSync(folder);
  expect(others).toEqual([]);
  return join(folder, name);
}
