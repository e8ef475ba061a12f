/** What a person sees at a real terminal: the notice, once, and nothing is sent before. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import type { FlusherTrial } from "./support/flusher-trial.ts";
import { startTrial } from "./support/flusher-trial.ts";
import type { TerminalRun } from "./support/run-in-terminal.ts";
import { runInTerminal } from "./support/run-in-terminal.ts";

const command = [process.execPath, fileURLToPath(new URL("support/command.ts", import.meta.url))];
const timeoutMs = 240_000;
let trial: FlusherTrial;

beforeEach(async () => {
  trial = await startTrial();
});
afterEach(() => trial.end(), timeoutMs);

it(
  "the first command says that there is telemetry, and the next ones do not",
  async () => {
    // Elsewhere nobody sees it: then nothing is recorded.
    const unseen = await trial.run([process.execPath, ...command.slice(1)], {
      ACTIVITY_TELEMETRY: undefined,
    });
    expect(unseen).toMatchObject({ code: 0, stderr: "", said: { recorded: 0 } });
    const first = await runAtTerminal();
    expect(first.code).toBe(0);
    expect(first.shown).toMatch(/^trial sends usage data to its makers\. .* This is said once\.\r\n$/);
    expect(readFileSync(join(trial.home, ".config/trial/telemetry.json"), "utf8")).toContain('"noticed"');
    expect(await runAtTerminal()).toEqual({ code: 0, shown: "" });
    expect(await trial.until(() => trial.arrived() === 6)).toBe(true);
  },
  timeoutMs,
);

it(
  "it is not shown where telemetry is switched off",
  async () => {
    expect(await runAtTerminal({ DO_NOT_TRACK: "1" })).toEqual({ code: 0, shown: "" });
    expect(trial.arrived()).toBe(0);
  },
  timeoutMs,
);

function runAtTerminal(environment: Readonly<Record<string, string>> = {}): Promise<TerminalRun> {
  const { PATH } = process.env;
  const env = { HOME: trial.home, PATH, TRIAL_URL: trial.collector.url, ...environment };
  return runInTerminal(command, join(trial.home, "output"), env);
}
