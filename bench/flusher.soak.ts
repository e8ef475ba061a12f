/**
 * How long a flusher lives: 10 s where everything is well, 30 s at most where the intake never answers; one for any
 * number of commands, and none that is left over. Real processes and the real times.
 */

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

report.end();

async function withTrial(body: (trial: FlusherTrial) => Promise<void>): Promise<void> {
  const trial = await startTrial();
  try {
    await body(trial);
  } finally {
    await trial.end();
  }
}

/** Since a moment, until no flusher runs any more; 60 s at most. */
async function secondsUntilGone(trial: FlusherTrial, startedAt: number): Promise<number> {
  while (trial.flushers().length > 0 && performance.now() - startedAt < 60_000) await sleep(50);
  return (performance.now() - startedAt) / 1_000;
}
