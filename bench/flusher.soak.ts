/**
 * How long a flusher lives: 10 s where everything is well, 30 s at most where the intake never answers; one for any
 * number of commands, none that is left over, and nobody's events left at its end. Real processes and the real times.
 */

import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { FlusherTrial } from "../e2e/flusher/support/flusher-trial.ts";
import { startTrial } from "../e2e/flusher/support/flusher-trial.ts";
import { createReport } from "./support/report.ts";

const commands = 12;
const program = [
  process.execPath,
  fileURLToPath(new URL("../e2e/flusher/support/command.ts", import.meta.url)),
] as const;

const report = createReport({ kind: "soak", name: "flusher" });

await withTrial(async (trial) => {
  const startedAt = performance.now();
  const seen = new Set<number>();
  for (let n = 0; n < commands; n++) {
    await trial.run(program);
    for (const pid of trial.flushers()) seen.add(pid);
    if (performance.now() - startedAt < 6_000) await sleep(200);
  }
  await trial.until(() => trial.arrived() === commands * 3);
  report.figure("lost", commands * 3 - trial.arrived());
  report.figure("repeats", trial.collector.taken.length - trial.arrived());
  report.figure("flushers_for_all_commands", seen.size);
  report.figure("lived_s", await secondsUntilGone(trial, startedAt));
});

await withTrial(async (trial) => {
  trial.collector.behave(() => ({ act: "hang" }));
  const startedAt = performance.now();
  await trial.run(program);
  report.figure("lived_without_an_answer_s", await secondsUntilGone(trial, startedAt));
  trial.collector.behave(() => ({ act: "take" }));
  for (let n = 1; n <= 10 && trial.arrived() < 3; n++) {
    await trial.run(program);
    await trial.until(() => trial.arrived() >= 3);
  }
  report.figure("lost_without_an_answer", Math.max(0, 3 - trial.arrived()));
});

// A command that ends just when a flusher does is served by that one or starts its own.
let lostAtTheEnd = 0;
for (const endsAtMs of [9_800, 9_900, 10_000, 10_100])
  await withTrial(async (trial) => {
    await trial.run(program);
    await trial.until(() => lockOf(trial.home) !== undefined);
    const takenAtMs = lockOf(trial.home) ?? 0;
    const beganAt = performance.now();
    await trial.run(program, { ACTIVITY_TELEMETRY: "off" });
    const runMs = performance.now() - beganAt;
    await sleep(takenAtMs + endsAtMs - runMs - Date.now());
    await trial.run(program);
    await trial.until(() => trial.arrived() === 6);
    lostAtTheEnd += 6 - trial.arrived();
  });
report.figure("lost_at_the_end", lostAtTheEnd);

report.end();

async function withTrial(body: (trial: FlusherTrial) => Promise<void>): Promise<void> {
  const trial = await startTrial();
  try {
    await body(trial);
  } finally {
    await trial.end();
  }
}

/** When the lock of a home's flusher was taken, in milliseconds since the Unix epoch. */
function lockOf(home: string): number | undefined {
  const root = join(home, ".local", "state", "trial", "activity");
  const [folder = ""] = existsSync(root) ? readdirSync(root) : [];
  return statSync(join(root, folder, "flusher.lock"), { throwIfNoEntry: false })?.mtimeMs;
}

/** Since a moment, until no flusher runs any more; 60 s at most. */
async function secondsUntilGone(trial: FlusherTrial, startedAt: number): Promise<number> {
  while (trial.flushers().length > 0 && performance.now() - startedAt < 60_000) await sleep(50);
  return (performance.now() - startedAt) / 1_000;
}
