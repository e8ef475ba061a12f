import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Store } from "@activity/core";

/** How a {@link startSpoolProcess} is to end. */
export type SpoolProcessEnd = "kill" | "lease-kill" | "exit" | "throw" | "close" | "stay";

/** A new directory, and how to be rid of it. */
export function temporaryDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "activity-spool-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
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

/** The files of every folder in a directory. */
export function filesIn(directory: string): string[] {
  return readdirSync(directory).flatMap((folder) =>
    readdirSync(join(directory, folder)).map((file) => join(directory, folder, file)),
  );
}
