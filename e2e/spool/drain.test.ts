/** An operator drains what a killed program left, with the published command. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, expect, it } from "@jest/globals";
import type { DiskTrial } from "../failures/support/disk-trial.ts";
import { startDiskTrial } from "../failures/support/disk-trial.ts";

const patientMs = 300_000;
const trials: DiskTrial[] = [];
afterEach(async () => {
  for (const trial of trials.splice(0)) await trial.end();
});

it(
  "sends it to the intake that it was recorded for, and to no other",
  async () => {
    const trial = await startDiskTrial("service");
    trials.push(trial);
    await trial.run({ events: 40, end: "kill" });
    expect(await drain(trial.spools, trial.url, "another-key")).toMatch(/: 0 event\(s\) delivered/);
    expect(trial.stored()).toEqual([]);
    // What says where the dead program's source ended is one of them.
    expect(await drain(trial.spools, trial.url, "wk_1")).toMatch(/: 41 event\(s\) delivered, .* 0 left/);
    expect(new Set(trial.stored()).size).toBe(40);
  },
  patientMs,
);

/** What the command says of itself. */
async function drain(spools: string, url: string, key: string): Promise<string> {
  const command = fileURLToPath(import.meta.resolve("@activity/spool/package.json")).replace(
    "package.json",
    "bin/activity-spool.mjs",
  );
  const args = [command, "drain", spools, "--to", url, "--write-key-env", "KEY"];
  const { stderr } = await promisify(execFile)(process.execPath, args, {
    env: { PATH: process.env["PATH"], KEY: key },
    cwd: fileURLToPath(new URL("..", import.meta.url)),
  });
  return stderr;
}
