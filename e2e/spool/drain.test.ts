/** An operator drains what a killed program left, with the published command. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
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
    const wrong = await drain(trial.spools, trial.url, "another-key");
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      expect.stringMatching(
        /: 0 event\(s\) delivered.*\n.*: 40 event\(s\) wait here for another address or key/,
      ),
    ]);
    expect(trial.stored()).toEqual([]);
    // What says where the dead program's source ended is one of them.
    expect(await drain(trial.spools, trial.url, "wk_1")).toEqual({
      code: 0,
      stderr: expect.stringMatching(/: 41 event\(s\) delivered, .* 0 left\n$/),
    });
    expect(new Set(trial.stored()).size).toBe(40);
  },
  patientMs,
);

/** What the command says of itself, and its exit code. */
async function drain(
  spools: string,
  url: string,
  key: string,
): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const command = fileURLToPath(import.meta.resolve("@activity/spool/package.json")).replace(
    "package.json",
    "bin/activity-spool.mjs",
  );
  const args = [command, "drain", spools, "--to", url, "--write-key-env", "KEY"];
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env["PATH"], KEY: key },
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    stdio: ["ignore", "ignore", "pipe"],
  });
  const closed = once(child, "close");
  const stderr = await text(child.stderr);
  await closed;
  return { code: child.exitCode, stderr };
}
