import { readFileSync, renameSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { hasEnded, pathIn, processOwner } from "@activity/spool";

/** A lock that nobody has touched for so long is nobody's, wherever its owner ran. */
const staleMs = 60_000;

/** Whether a flusher works in a folder. */
export function isFlusherAlive(folder: string, nowMs: number): boolean {
  const path = lockPath(folder);
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    return found !== undefined && nowMs - found.mtimeMs < staleMs && !hasEnded(readFileSync(path, "utf8"));
  } catch {
    return false; // One that cannot be read.
  }
}

/**
 * Makes this process the flusher of a folder; returns what ends that, or `undefined` when another is it.
 * That two take the same stale lock at once is possible and harmless: what one of them sends, the other
 * cannot.
 */
export function takeFlusherLock(folder: string, nowMs: number): (() => void) | undefined {
  if (isFlusherAlive(folder, nowMs)) return undefined;
  const path = lockPath(folder);
  let owner: string;
  try {
    owner = processOwner();
    removeStale(path);
    writeFileSync(path, owner, { mode: 0o600, flag: "wx" });
  } catch {
    return undefined; // Another was faster, or there is no such folder any more.
  }
  return () => {
    try {
      if (readFileSync(path, "utf8") === owner) unlinkSync(path);
    } catch {
      // It is gone.
    }
  };
}

function lockPath(folder: string): string {
  return pathIn(folder, "flusher.lock");
}

function removeStale(path: string): void {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
  } catch {
    return; // There is none.
  }
  unlinkSync(aside);
}
