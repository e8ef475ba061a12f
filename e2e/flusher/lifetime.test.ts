/** A flusher ends when its time is over, whatever it is doing then; what it had is sent by the next one. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import type { FlusherTrial } from "./support/flusher-trial.ts";
import { startTrial } from "./support/flusher-trial.ts";

const command = [process.execPath, fileURLToPath(new URL("support/command.ts", import.meta.url))] as const;
const flusher = [
  process.execPath,
  fileURLToPath(new URL("../../packages/sink-intake/dist/activity-flusher.js", import.meta.url)),
] as const;
const timeoutMs = 240_000;
let trial: FlusherTrial;

beforeEach(async () => {
  trial = await startTrial();
});
afterEach(() => trial.end(), timeoutMs);

it(
  "ends in the middle of a request that is never answered, and loses nothing",
  async () => {
    await trial.run(command, { TRIAL_END: "kill" });
    trial.collector.behave(() => ({ act: "hang" }));
    const directory = join(trial.home, ".local", "state", "trial", "activity");
    const intake = { url: trial.collector.url, writeKey: "wk_secret", directory };
    const job = JSON.stringify({ app: "trial", intake, lifetimeMs: 5_000 });
    expect(await trial.run(flusher, { ACTIVITY_FLUSHER: job })).toMatchObject({ code: 0, stderr: "" });
    const left = readdirSync(join(directory, readdirSync(directory)[0] ?? ""));
    // Whoever ends by itself takes its lock away.
    expect(left).toContain("flusher.lock");
    expect(left).toContainEqual(expect.stringMatching(/-i3-c3-.*-leased-/));
    trial.collector.behave(() => ({ act: "take" }));
    await trial.run(command);
    expect(await trial.until(() => trial.arrived() === 6)).toBe(true);
  },
  timeoutMs,
);
