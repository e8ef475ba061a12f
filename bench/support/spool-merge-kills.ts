/**
 * Kills a process while it merges the small segments that many short commands left, once at every change of the disk or at
 * as many as asked for, and every third time the one that comes next, too. Accounts for every event.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createSpoolStore } from "@activity/spool";

export interface MergeKillsOptions {
  /** At how many of the changes; at each without it. */
  readonly points?: number;
  /** Flags of Node for the processes, such as `--conditions=@activity/source` in tests. */
  readonly flags?: readonly string[];
}

export interface MergeKillsResult {
  readonly kills: number;
  readonly lost: number;
  readonly duplicated: number;
  /** Of the files that were left, how many there are after the merge that nobody disturbed. */
  readonly filesBefore: number;
  readonly filesAfter: number;
}

const commands = 40;
const eventsEach = 3;

export async function runMergeKills({
  points,
  flags = [],
}: MergeKillsOptions = {}): Promise<MergeKillsResult> {
  const home = mkdtempSync(join(tmpdir(), "activity-merge-"));
  try {
    const template = join(home, "template");
    await leaveCommands(template);
    const trial = async (name: string, kills: readonly number[]) => {
      const directory = join(home, name);
      cpSync(template, directory, { recursive: true });
      let changes = 0;
      for (const at of kills) changes = await takeOver(directory, at, flags);
      const files = filesIn(directory);
      const found = await takeAll(directory);
      rmSync(directory, { recursive: true });
      return { changes, files, ...found };
    };
    const whole = await trial("whole", [0]);
    const step = points === undefined ? 1 : whole.changes / points;
    const result = { kills: 0, lost: whole.lost, duplicated: whole.duplicated };
    for (let at = whole.changes; at >= 1; at -= step) {
      const first = Math.floor(at);
      const kills = result.kills % 3 === 2 ? [first, 1 + Math.floor(Math.random() * whole.changes)] : [first];
      const { lost, duplicated } = await trial(`at-${first}`, kills);
      result.kills += kills.length;
      result.lost += lost;
      result.duplicated += duplicated;
    }
    return { ...result, filesBefore: filesIn(template), filesAfter: whole.files };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function leaveCommands(directory: string): Promise<void> {
  for (let command = 0; command < commands; command++) {
    const store = createSpoolStore({ directory, destination: "soak" });
    for (let n = 0; n < eventsEach; n++) store.append(textOf(command, n), 0, 3);
    await store.close();
  }
}

function textOf(command: number, n: number): string {
  return JSON.stringify({
    event_id: `command${command}.${n + 1}`,
    event_time: "2026-01-02T03:04:05.678Z",
    event_type: "behavioral",
    event_name: "deploy",
  });
}

/** Lets a process take over that is killed at a change; gives how many there were when it was not. */
async function takeOver(directory: string, at: number, flags: readonly string[]): Promise<number> {
  const file = fileURLToPath(new URL("spool-merge-process.ts", import.meta.url));
  const child = spawn(process.execPath, [...flags, file, directory, String(at)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null]; // As Node documents it.
  if (signal !== "SIGKILL") throw new Error(`the process that takes over ended with ${code ?? signal}`);
  return Number(said);
}

/** What the last one finds: each event once. */
async function takeAll(directory: string): Promise<{ readonly lost: number; readonly duplicated: number }> {
  const store = createSpoolStore({ directory, destination: "soak" });
  store.adopt?.();
  const found: string[] = [];
  for (;;) {
    const lease = store.lease(() => true, true);
    if (lease === undefined || lease === "loading") break;
    found.push(...new TextDecoder().decode(lease.bytes).split("\n").slice(0, -1));
    store.settle(lease, []);
  }
  await store.close();
  if (filesIn(directory) > 0) throw new Error("files are left in the spool");
  const distinct = new Set(found);
  return { lost: commands * eventsEach - distinct.size, duplicated: found.length - distinct.size };
}

function filesIn(directory: string): number {
  return readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .length;
}
