/**
 * Many processes record on one spool at once, some are killed at random points, and the next start delivers what they
 * left to a real intake. Accounts for every event that `track` returned for.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createIntake } from "@activity/intake";
import { intakeSink } from "@activity/sink-intake";
import { fileSink, listSegments, readSegments } from "@activity/spool";

export interface SharedSpoolOptions {
  /** @defaultValue 20 */
  readonly runs?: number;
  /** Processes of a run. @defaultValue 16 */
  readonly processes?: number;
  /** How many of them are killed. @defaultValue 8 */
  readonly killed?: number;
  /** Events that each process records unless it is killed. @defaultValue 500 */
  readonly events?: number;
  /** Flags of Node for the processes, such as `--conditions=@activity/source` in tests. */
  readonly flags?: readonly string[];
}

/** Sums over all runs. */
export interface SharedSpoolResult {
  readonly runs: number;
  /** Processes that died by SIGKILL. */
  readonly kills: number;
  /** Events that `track` returned for. */
  readonly recorded: number;
  /** Of these, what the store lacks after the next start. */
  readonly lost: number;
  /** Events that stand in the store more than once. */
  readonly duplicated: number;
  /** The lost ones: process and number. */
  readonly missing: readonly string[];
}

interface ProcessEnd {
  readonly number: number;
  readonly recorded: number;
  readonly killed: boolean;
}

/** How long a run may wait for a process or for the intake. */
const patienceMs = 240_000;

/** Runs it. Rejects when a process fails for another reason than its kill, or when events still wait in the end. */
export async function runSharedSpool(options: SharedSpoolOptions = {}): Promise<SharedSpoolResult> {
  const { runs = 20 } = options;
  const sum = { runs: 0, kills: 0, recorded: 0, lost: 0, duplicated: 0 };
  const missing: string[] = [];
  for (let run = 0; run < runs; run++) {
    const result = await runOnce(options);
    missing.push(...result.missing);
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += result[key]; // The keys of the line above.
  }
  return { ...sum, missing };
}

async function runOnce(options: SharedSpoolOptions): Promise<SharedSpoolResult> {
  const { processes = 16, killed = 8 } = options;
  const directory = mkdtempSync(join(tmpdir(), "activity-shared-"));
  const spool = join(directory, "spool");
  const store = join(directory, "store");
  const intake = createIntake({ sink: fileSink({ directory: store }), port: 0 });
  try {
    const url = await intake.listen();
    const ends = await Promise.all(
      Array.from({ length: processes }, (_, number) =>
        runProcess({ url, spool, number, mortal: number < killed }, options),
      ),
    );
    await deliverRest(url, spool);
    await intake.close({ graceMs: 0 });
    return await account(store, ends);
  } finally {
    await intake.close({ graceMs: 0 });
    rmSync(directory, { recursive: true, force: true });
  }
}

async function runProcess(
  place: {
    readonly url: string;
    readonly spool: string;
    readonly number: number;
    readonly mortal: boolean;
  },
  { events = 500, flags = [] }: SharedSpoolOptions,
): Promise<ProcessEnd> {
  const { url, spool, number, mortal } = place;
  const file = fileURLToPath(new URL("spool-shared-process.ts", import.meta.url));
  const child = spawn(process.execPath, [...flags, file, url, spool, String(number), String(events)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const killAt = mortal ? 1 + Math.floor(Math.random() * events) : Number.POSITIVE_INFINITY;
  let recorded = 0;
  child.stdout.on("data", (bytes: Buffer) => {
    recorded += bytes.length;
    if (recorded >= killAt) child.kill("SIGKILL");
  });
  const late = new AbortController();
  const timer = setTimeout(patienceMs, undefined, { signal: late.signal }).then(
    () => child.kill("SIGKILL"),
    () => undefined,
  );
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null]; // As Node documents it.
  late.abort();
  await timer;
  // A process may be done before the signal reaches it.
  if (code !== 0 && !(mortal && signal === "SIGKILL"))
    throw new Error(`process ${number} ended with ${code ?? signal} after ${recorded} events`);
  return { number, recorded, killed: signal === "SIGKILL" };
}

/** The next start: delivers what all of them left. */
async function deliverRest(url: string, spool: string): Promise<void> {
  const sink = intakeSink({ url, directory: spool, lingerMs: 0, onProblem: () => undefined });
  const startedAt = performance.now();
  while (sink.stats().pending > 0) {
    if (performance.now() - startedAt > patienceMs)
      throw new Error(`${sink.stats().pending} events still wait`);
    await setTimeout(5);
  }
  await sink.close();
  const left = await listSegments(spool);
  if (left.length > 0) throw new Error(`${left.length} files are left in the spool: ${left[0]}`);
}

async function account(store: string, ends: readonly ProcessEnd[]): Promise<SharedSpoolResult> {
  const found = new Set<string>();
  const ids = new Set<string>();
  let duplicated = 0;
  for await (const text of readSegments(store)) {
    const { event_id: id, process_number, n } = JSON.parse(text) as Record<string, unknown>; // What the intake took is an object.
    if (ids.has(String(id))) duplicated++;
    ids.add(String(id));
    found.add(`${process_number}/${n}`);
  }
  const missing = ends.flatMap(({ number, recorded }) =>
    Array.from({ length: recorded }, (_, index) => `${number}/${index + 1}`).filter(
      (name) => !found.has(name),
    ),
  );
  return {
    runs: 1,
    kills: ends.filter(({ killed }) => killed).length,
    recorded: ends.reduce((sum, { recorded }) => sum + recorded, 0),
    lost: missing.length,
    missing,
    duplicated,
  };
}
