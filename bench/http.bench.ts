/**
 * What our handler costs beside a bare node:http server that reads the same bodies and parses them line by line, in
 * requests a second and in the CPU of the server's own process; with `--peers` beside Fastify, Hono and Express doing
 * the bare work. Every server runs in a process of its own and meets every round.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BodyPool, eventsPerBody } from "./support/http-bodies.ts";
import { LoadGenerator } from "./support/http-load.ts";
import type { ServerUsage } from "./support/http-server.ts";
import { type Spread, spreadOf } from "./support/measure.ts";
import { createReport } from "./support/report.ts";

const requestsPerRound = 1_000;
const rounds = 9;
const warmUpRounds = 10;
const connections = 8;

/** One round of one server. */
interface Sample {
  readonly requestsPerS: number;
  readonly cpuUs: number;
  readonly p99Ms: number;
  readonly collections: number;
  readonly collectionUs: number;
}

interface ServerArm {
  readonly name: string;
  readonly child: ChildProcess;
  readonly port: number;
  readonly samples: Sample[];
}

const report = createReport({ kind: "bench", name: "http" });
const names = ["bare", "ours", "durable", ...(report.withPeers ? ["fastify", "hono", "express"] : [])];
const directory = mkdtempSync(join(tmpdir(), "activity-http-"));
const pool = new BodyPool();
const arms: ServerArm[] = [];
for (const name of names) arms.push(await start(name));
report.note(
  `${requestsPerRound} requests a round of ${eventsPerBody} events, ${pool.bodyBytes} bytes, over ${connections} connections; ${rounds} rounds`,
);
try {
  for (let round = 0; round < warmUpRounds + rounds; round++) {
    for (let turn = 0; turn < arms.length; turn++) {
      const arm = arms[(turn + round) % arms.length] as ServerArm; // Below its length.
      const sample = await runOnce(arm);
      if (round >= warmUpRounds) arm.samples.push(sample);
    }
  }
} finally {
  for (const { child } of arms) {
    const ended = once(child, "exit");
    child.disconnect();
    await ended;
  }
  rmSync(directory, { recursive: true });
}

for (const { name, samples } of arms) {
  const of = (key: keyof Sample): string => written(spreadOf(samples.map((sample) => sample[key])));
  report.note(
    `${name.padEnd(8)} ${of("requestsPerS")} requests/s · ${of("cpuUs")} µs CPU · p99 ${of("p99Ms")} ms · ${of("collections")} collections, ${of("collectionUs")} µs of them a request`,
  );
}
report.figure("requests_ratio_to_bare_server", ratio("ours", "requestsPerS"));
report.figure("cpu_ratio_to_bare_server", ratio("ours", "cpuUs"));
report.figure("durable_requests_ratio_to_bare_server", ratio("durable", "requestsPerS"));
report.figure("durable_cpu_ratio_to_bare_server", ratio("durable", "cpuUs"));
report.figure("p99_ms", spreadOf(samplesOf("ours").map(({ p99Ms }) => p99Ms)));
report.figure("durable_p99_ms", spreadOf(samplesOf("durable").map(({ p99Ms }) => p99Ms)));
report.figure("bare_p99_ms", spreadOf(samplesOf("bare").map(({ p99Ms }) => p99Ms)));
if (report.withPeers) {
  for (const peer of ["fastify", "hono", "express"]) {
    report.figure(`${peer}_requests_ratio_to_bare_server`, ratio(peer, "requestsPerS"));
    report.figure(`${peer}_cpu_ratio_to_bare_server`, ratio(peer, "cpuUs"));
  }
}
report.end();

async function start(name: string): Promise<ServerArm> {
  const file = fileURLToPath(new URL("support/http-server.ts", import.meta.url));
  const child = fork(file, [name, directory], { execArgv: [...process.execArgv, ...profileFlags(name)] });
  const [port] = (await once(child, "message")) as [number]; // The first thing that it says.
  return { name, child, port, samples: [] };
}

/** `--profile=ARM` writes a CPU profile of one server into the working directory. */
function profileFlags(name: string): readonly string[] {
  return process.argv.includes(`--profile=${name}`) ? ["--cpu-prof"] : [];
}

async function runOnce({ child, port }: ServerArm): Promise<Sample> {
  // New ones each round: a server ends connections that are idle while the others run.
  const load = await LoadGenerator.connect(port, connections);
  const before = await usageOf(child, "collect");
  const { wallMs, latenciesMs } = await load.run(requestsPerRound, pool);
  const after = await usageOf(child, "as it is");
  load.close();
  return {
    requestsPerS: (requestsPerRound * 1_000) / wallMs,
    cpuUs: (after.cpuUs - before.cpuUs) / requestsPerRound,
    p99Ms: latenciesMs[Math.floor(latenciesMs.length * 0.99)] ?? Number.NaN,
    collections: after.collections - before.collections,
    collectionUs: ((after.collectionMs - before.collectionMs) * 1_000) / requestsPerRound,
  };
}

/** What a server has used; garbage is collected before when told so. */
async function usageOf(child: ChildProcess, how: "collect" | "as it is"): Promise<ServerUsage> {
  const answered = once(child, "message");
  child.send(how);
  const [usage] = (await answered) as [ServerUsage]; // It says nothing else after its port.
  return usage;
}

function samplesOf(name: string): readonly Sample[] {
  return arms.find((arm) => arm.name === name)?.samples ?? [];
}

/** The ratio of each round to the bare server's of the same round. */
function ratio(name: string, key: keyof Sample): Spread {
  const bare = samplesOf("bare");
  return spreadOf(samplesOf(name).map((sample, round) => sample[key] / (bare[round]?.[key] ?? Number.NaN)));
}

function written({ median, min, max }: Spread): string {
  const [middle, low, high] = [median, min, max].map((value) => value.toFixed(value < 10 ? 2 : 0));
  return `${middle} (${low}–${high})`;
}
