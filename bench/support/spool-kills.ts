/**
 * Kills processes on one spool at random points, tears the last line of some, and lets the next start take over. Accounts
 * for every event that `track` returned for, and for every torn line.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { audit, createOutbox, type ProblemHandler, type Transport } from "@activity/core";
import { createSpoolStore, listSegments } from "@activity/spool";

export interface SpoolKillsOptions {
  /** @defaultValue 200 */
  readonly kills?: number;
  /** Every how many kills a half line is left behind, as a crash of the machine does. @defaultValue 4 */
  readonly tearEvery?: number;
  /** Flags of Node for the processes, such as `--conditions=@activity/source` in tests. */
  readonly flags?: readonly string[];
}

export interface SpoolKillsResult {
  readonly kills: number;
  /** Events that `track` returned for. */
  readonly recorded: number;
  /** Of these, what never arrived. */
  readonly lost: number;
  /** Numbers that an audit of what arrived cannot explain. */
  readonly unexplained: number;
  /** Sources, one a process, whose last number is not proved. */
  readonly openTails: number;
  readonly torn: number;
  /** Torn lines that a later process counted and reported. */
  readonly tornCounted: number;
  /** Events that arrived more than once, under the same id. */
  readonly repeats: number;
}

interface Killed {
  readonly number: number;
  readonly recorded: number;
  readonly corrupt: number;
}

const patienceMs = 240_000;

export async function runSpoolKills(options: SpoolKillsOptions = {}): Promise<SpoolKillsResult> {
  const { kills = 200, tearEvery = 4 } = options;
  const directory = mkdtempSync(join(tmpdir(), "activity-kills-"));
  try {
    const killed: Killed[] = [];
    let torn = 0;
    for (let number = 0; number < kills; number++) {
      killed.push(await killOne(directory, number, options));
      if (number % tearEvery === tearEvery - 1 && (await tearLine(directory))) torn++;
    }
    const rest = await deliverRest(directory);
    const counted = killed.reduce((sum, { corrupt }) => sum + corrupt, rest);
    return { ...(await account(directory, killed)), kills, torn, tornCounted: counted };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Lets one record until it has recorded a random number of events, and a random time more. */
async function killOne(
  directory: string,
  number: number,
  { flags = [] }: SpoolKillsOptions,
): Promise<Killed> {
  const file = fileURLToPath(new URL("spool-kill-process.ts", import.meta.url));
  const child = spawn(process.execPath, [...flags, file, directory, String(number)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const killAt = 1 + Math.floor(Math.random() * 400);
  let recorded = 0;
  let said = "";
  child.stdout.on("data", (bytes: Buffer) => {
    recorded += bytes.length;
    if (recorded >= killAt) child.kill("SIGKILL");
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const late = new AbortController();
  setTimeout(patienceMs, undefined, { signal: late.signal }).then(
    () => child.kill("SIGKILL"),
    () => undefined,
  );
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null]; // As Node documents it.
  late.abort();
  if (signal !== "SIGKILL" || recorded === 0)
    throw new Error(`process ${number} ended with ${code ?? signal}: ${said}`);
  const corrupt = said.split("\n").reduce((sum, line) => sum + Number(line), 0);
  return { number, recorded, corrupt };
}

/** Leaves half a line at the end of a file that was being written. */
async function tearLine(directory: string): Promise<boolean> {
  const open = (await listSegments(join(directory, "spool"))).find((path) => path.includes("-open-"));
  if (open === undefined) return false;
  appendFileSync(open, '{"event_id":"half');
  return true;
}

/** The next start; returns how many events it could not read. */
async function deliverRest(directory: string): Promise<number> {
  let corrupt = 0;
  const onProblem: ProblemHandler = ({ reason, count = 0 }) => {
    if (reason?.code === "corrupt") corrupt += count;
  };
  const store = createSpoolStore({ directory: join(directory, "spool"), destination: "soak", onProblem });
  const transport: Transport = {
    limits: { maxEvents: 500, maxBytes: 524_288, inFlight: 1, perLane: 1 },
    send: async ({ bytes }) => {
      appendFileSync(join(directory, "arrived.ndjson"), bytes);
      return { kind: "delivered" };
    },
    close: async () => undefined,
  };
  const sink = createOutbox(transport, store, { lingerMs: 0, onProblem: () => undefined });
  const startedAt = performance.now();
  while (sink.stats().pending > 0) {
    if (performance.now() - startedAt > patienceMs)
      throw new Error(`${sink.stats().pending} events still wait`);
    await setTimeout(5);
  }
  await sink.close();
  const left = await listSegments(join(directory, "spool"));
  if (left.length > 0) throw new Error(`${left.length} files are left in the spool: ${left[0]}`);
  return corrupt;
}

async function account(
  directory: string,
  killed: readonly Killed[],
): Promise<Omit<SpoolKillsResult, "kills" | "torn" | "tornCounted">> {
  // A process that is killed while it delivers leaves a half line here; what follows begins in the middle of it.
  const lines = readFileSync(join(directory, "arrived.ndjson"), "utf8").split("\n");
  const events = lines.flatMap(parsed);
  const found = new Set(events.map(({ process_number, n }) => `${process_number}/${n}`));
  const missing = killed.flatMap(({ number, recorded }) =>
    Array.from({ length: recorded }, (_, index) => `${number}/${index + 1}`).filter(
      (name) => !found.has(name),
    ),
  );
  const { duplicated, lost, sources } = await audit(events);
  return {
    recorded: killed.reduce((sum, { recorded }) => sum + recorded, 0),
    lost: missing.length,
    unexplained: lost,
    openTails: killed.length - sources.filter(({ tail, first }) => tail === "closed" && first === 1).length,
    repeats: duplicated,
  };
}

function parsed(line: string): Record<string, unknown>[] {
  const from = line.lastIndexOf('{"event_id":');
  try {
    return from < 0 ? [] : [JSON.parse(line.slice(from)) as Record<string, unknown>]; // Every line is an event.
  } catch {
    return []; // Half a line; its batch was not confirmed and comes again.
  }
}
