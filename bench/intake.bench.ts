/**
 * What an event costs from `track` to a confirmed request, through the spool and in memory: CPU of the whole process,
 * garbage collection and gzip included, less that of an empty process. The collector is a process of its own.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { spreadOf } from "./support/measure.ts";
import { createReport } from "./support/report.ts";

interface Cost {
  readonly cpuUs: number;
  readonly wireBytes: number;
  readonly connections: number;
  readonly requests: number;
}

const rounds = 5;
const report = createReport({ kind: "bench", name: "intake" });
const arms = ["spool", "memory", "tick"] as const;
const sizes = [
  { events: 100_000, label: "100k", rounds },
  { events: 1_000_000, label: "1m", rounds: 3 },
];

const collector = startCollector();
try {
  const url = await collector.url;
  const empty = spreadOf(await repeat(rounds, async () => (await run("empty", 0, url)).cpuUs));
  report.note(`an empty process: ${Math.round(empty.median / 1_000)} ms of CPU, taken off everywhere`);
  let connections = 0;
  for (const { events, label, rounds: count } of sizes) {
    for (const arm of arms) {
      const costs = await repeat(count, () => run(arm, events, url));
      const cpu = spreadOf(costs.map(({ cpuUs }) => (cpuUs - empty.median) / events));
      report.figure(`${arm}_cpu_us_at_${label}`, cpu);
      const bytes = spreadOf(costs.map(({ wireBytes }) => wireBytes / events));
      if (arm === "spool") report.figure(`wire_bytes_at_${label}`, bytes);
      connections = Math.max(connections, ...costs.map((cost) => cost.connections));
    }
  }
  report.figure("connections", connections);
} finally {
  collector.child.kill("SIGKILL");
}
report.end();

async function run(arm: (typeof arms)[number] | "empty", events: number, url: string): Promise<Cost> {
  const directory = mkdtempSync(join(tmpdir(), "activity-bench-"));
  try {
    await (await fetch(url)).text();
    const program = fileURLToPath(new URL("support/intake-load.ts", import.meta.url));
    const args = [program, arm, String(events), url, directory];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    const [code] = (await once(child, "close")) as [number | null]; // As Node documents it.
    if (code !== 0) throw new Error(`the process that records failed with ${code}`);
    const { cpuUs } = JSON.parse(Buffer.concat(chunks).toString()) as Cost; // The program is ours.
    const taken = (await (await fetch(url)).json()) as Cost; // So is the collector.
    return { ...taken, cpuUs };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function repeat<T>(times: number, action: () => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  for (let time = 0; time < times; time++) results.push(await action());
  return results;
}

function startCollector(): { readonly child: ChildProcess; readonly url: Promise<string> } {
  const program = fileURLToPath(new URL("support/bare-collector.ts", import.meta.url));
  const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"] });
  const url = once(child.stdout, "data").then(([line]: Buffer[]) => String(line).trim());
  return { child, url };
}
