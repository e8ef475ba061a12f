/** The built intake as a process of its own, for tests that break it and for measurements. */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readSegments } from "@activity/spool";
import { run } from "../../../tools/run.mjs";
import { removeFolder } from "../../support/remove-folder.ts";

export interface IntakeProcess {
  readonly pid: number;
  /** Where events are sent. */
  readonly url: string;
  /** Its live page, without the last slash; empty where there is none. */
  readonly page: string;
  /** Everything it printed so far. */
  output(): string;
  /** Sends a signal and waits until it has ended; gives its exit code, `null` when a signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Resolves when it has ended. */
  readonly ended: Promise<number | null>;
  /** Bytes of memory that it holds now. */
  rssBytes(): Promise<number>;
}

const command = fileURLToPath(new URL("../../../packages/intake/bin/activity-intake.mjs", import.meta.url));
const running = new Set<ChildProcess>();

/** Starts one on free ports and resolves when it listens. Rejects with what it printed when it ends before. */
export async function launchIntake(environment: Readonly<Record<string, string>>): Promise<IntakeProcess> {
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, [command, "serve"], {
    env: { PATH, PORT: "0", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let output = "";
  const ended = once(child, "close").then(([code]) => {
    running.delete(child);
    return code as number | null; // By its documentation.
  });
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        // The last thing that it says of itself before it is left alone.
        if (/^events go to .*$/m.test(output)) resolve();
      });
    }
    void ended.then(() => reject(new Error(`the intake ended: ${output}`)));
  });
  const pid = child.pid ?? 0;
  return {
    pid,
    url: /listens on (\S+)/.exec(output)?.[1] ?? "",
    page: /live page: (\S+)\/\n/.exec(output)?.[1] ?? "",
    output: () => output,
    ended,
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
    rssBytes: async () => {
      const { output: kilobytes } = await run("ps", ["-o", "rss=", "-p", String(pid)], { output: "keep" });
      return Number(kilobytes) * 1_024;
    },
  };
}

/** Runs a command of it to its end. */
export async function runCommand(
  environment: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<{ readonly code: number; readonly stdout: string; readonly output: string }> {
  const { PATH = "" } = process.env;
  return run(process.execPath, [command, ...args], { env: { PATH, ...environment }, output: "keep" });
}

/** Kills every intake that still runs. */
export function killIntakes(): void {
  for (const child of running) child.kill("SIGKILL");
}

/** A folder for one intake. */
export function scratchFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "activity-server-"));
  return { path, remove: () => removeFolder(path) };
}

/** How often each id stands in the files of a directory. */
export async function countIds(directory: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for await (const text of readSegments(directory)) {
    const { event_id: id } = JSON.parse(text) as { event_id: string }; // An event.
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}
