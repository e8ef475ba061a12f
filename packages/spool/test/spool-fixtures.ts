import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Store } from "@activity/core";
import { removeFolder } from "../../../e2e/support/remove-folder.ts";

/** How a {@link startSpoolProcess} is to end. */
export type SpoolProcessEnd = "kill" | "lease-kill" | "exit" | "throw" | "close" | "stay";

const running: ChildProcess[] = [];

/** Ends what a test left running, should it have failed. */
export async function stopProcesses(): Promise<void> {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }
}

/** A new directory, and how to be rid of it. */
export function temporaryDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "activity-spool-"));
  return { path, remove: () => removeFolder(path) };
}

/** Every event that a store still leases, in order, each settled. */
export function drain(store: Store): string[] {
  const texts: string[] = [];
  for (;;) {
    const lease = store.lease(() => true, true);
    if (lease === undefined || lease === "loading") return texts;
    texts.push(...new TextDecoder().decode(lease.bytes).trimEnd().split("\n"));
    store.settle(lease, []);
  }
}

/** The ids in some texts. */
export function idsOf(texts: readonly string[]): string[] {
  return texts.map((text) => (JSON.parse(text) as { event_id: string }).event_id); // Events of the test.
}

/** Starts a process that writes events `<source>.1` … `<source>.<count>`; resolves when it has, or has ended. */
export async function startSpoolProcess(
  directory: string,
  { source, count, end }: { readonly source: string; readonly count: number; readonly end: SpoolProcessEnd },
): Promise<{ stop(): Promise<void> }> {
  const file = fileURLToPath(new URL("./spool-process.ts", import.meta.url));
  const args = ["--conditions=@activity/source", file, directory, source, String(count), end];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(child, "exit");
  await Promise.race([ended, once(child.stdout, "data")]);
  return {
    stop: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/**
 * Starts a client that records events; resolves when it has. `held`: nothing is delivered, and it was killed ·
 * `delivered`: everything was, and it was killed · `stay`: as `held`, and it lives.
 */
export async function startClientProcess(
  directory: string,
  options: {
    readonly count: number;
    readonly fate: "held" | "delivered" | "stay";
    readonly write?: "event" | "tick";
    /** What its spool holds at most, in small files. @defaultValue no limit */
    readonly maxEvents?: number;
  },
): Promise<{ stop(): Promise<void> }> {
  const { count, fate, write = "event", maxEvents = "" } = options;
  const file = fileURLToPath(new URL("./client-process.ts", import.meta.url));
  const args = [directory, String(count), fate === "stay" ? "held" : fate, write, String(maxEvents)];
  const child = spawn(process.execPath, ["--conditions=@activity/source", file, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  running.push(child);
  await Promise.race([ended, once(child.stdout, "data")]);
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  if (fate !== "stay") await stop();
  return { stop };
}

/** The files of every folder in a directory, or of a folder in each of these. */
export function filesIn(directory: string, inside = "."): string[] {
  return readdirSync(directory).flatMap((folder) => {
    const path = join(directory, folder, inside);
    if (!existsSync(path)) return [];
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isFile() ? [join(path, entry.name)] : []));
  });
}
