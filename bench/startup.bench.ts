/**
 * What a client adds to a command: an empty Node process beside one that makes a client and records, and one that also
 * hands over to a flusher. And the last beside a command that prints a line, for which Node loads much of what starting a
 * process needs. The packages lie as npm installs them; each program has a home in which it ran before. The processes
 * run one after the other. What else the machine does can only make a process slower, so of every few rounds the quickest
 * process of each kind counts, and of the differences the median. The medians of all rounds are told beside it.
 */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Spread, spreadOf } from "./support/measure.ts";
import { createReport } from "./support/report.ts";
import { createInstallation, endFlushers } from "./support/startup-installation.ts";

const roundsPerGroup = 5;
const rounds = 21 * roundsPerGroup;
const warmUpRounds = 3;
const print = `console.log("deployed");`;
/** What each process does; `empty` is what the others are compared with. */
const arms = {
  empty: "",
  import: `import "@activity/sink-intake/cli";`,
  command: commandText("flusher: false"),
  "command with a flusher": `${commandText("")}\nawait activity.close();`,
  printing: print,
  "printing with a flusher": `${commandText("")}\n${print}\nawait activity.close();`,
} as const;
type ArmName = keyof typeof arms;
const names = Object.keys(arms) as ArmName[]; // The keys of a constant.

const report = createReport({ kind: "bench", name: "startup" });
const installation = createInstallation(arms);
const times = new Map<ArmName, number[]>(names.map((name) => [name, []]));
try {
  for (let round = 0; round < warmUpRounds + rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round) % names.length] ?? "empty";
      const ms = await runOnce(name);
      if (round >= warmUpRounds) times.get(name)?.push(ms);
    }
  }
} finally {
  for (const name of names) await endFlushers(installation.homeOf(name));
  rmSync(installation.root, { recursive: true, force: true });
}

report.note(`${rounds} rounds; an empty process: ${text(spreadOf(timesOf("empty")))} ms`);
for (const [name, base = "empty"] of [
  ["command"],
  ["command with a flusher"],
  ["printing with a flusher", "printing"],
] as const)
  report.note(
    `${name}, of all rounds: ${text(spreadOf(differences(timesOf(name), timesOf(base))))} ms added`,
  );
report.figure("import_ms", added("import"));
report.figure("added_ms", added("command"));
report.figure("added_with_flusher_ms", added("command with a flusher"));
report.figure("added_to_printing_with_flusher_ms", added("printing with a flusher", "printing"));
report.end();

/** Runs a process to its end, in a home as the steady user has it; gives how long it took. */
async function runOnce(name: ArmName): Promise<number> {
  installation.refreshHome(name);
  const home = installation.homeOf(name);
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [installation.programs[name]], {
    env: { HOME: home, PATH: process.env["PATH"] },
    cwd: installation.root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ms = performance.now() - startedAt;
  if (status !== 0 || stderr.length > 0) throw new Error(`${name} failed: ${stderr}`);
  // A flusher at work would slow down whoever runs next.
  if ((await endFlushers(home)) === 0 && name.endsWith("with a flusher"))
    throw new Error("no flusher was started");
  await sleep(20);
  return ms;
}

function added(name: ArmName, base: ArmName = "empty"): Spread {
  return spreadOf(differences(quickest(timesOf(name)), quickest(timesOf(base))));
}

/** The quickest of each group of rounds. */
function quickest(all: readonly number[]): readonly number[] {
  const starts = all.map((_, round) => round).filter((round) => round % roundsPerGroup === 0);
  return starts.map((start) => Math.min(...all.slice(start, start + roundsPerGroup)));
}

function differences(all: readonly number[], base: readonly number[]): readonly number[] {
  return all.map((ms, index) => ms - (base[index] ?? Number.NaN));
}

function timesOf(name: ArmName): readonly number[] {
  return times.get(name) ?? [];
}

function text({ median, min, max }: Spread): string {
  return `${median.toFixed(1)} (${min.toFixed(1)} to ${max.toFixed(1)})`;
}

function commandText(option: string): string {
  return `import { createCliClient } from "@activity/sink-intake/cli";
const activity = createCliClient({
  app: "shop",
  version: "1.4.0",
  intake: { url: "http://127.0.0.1:9/v1/events", writeKey: "wk_1" },
  ${option}
});
activity.track("deploy_start", { region: "eu", files: 12 });`;
}
