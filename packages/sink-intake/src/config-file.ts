import { existsSync, linkSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { makeOwnDirectory, randomBytes } from "@activity/spool";

/**
 * How a file is written: whatever is there · unless there is one already · the same, and only when what has to
 * happen before, which is called when the disk has taken the text, does not throw.
 */
export type WriteMode = "always" | "once" | { readonly onceAfter: () => void };

/**
 * Writes a file that only its owner can read, whole or not at all. Returns whether it was written here.
 *
 * @throws when it cannot be written, when its directory belongs to another user, as under `sudo`, and what `onceAfter` throws.
 */
export function writeConfigFile(path: string, text: string, how: WriteMode): boolean {
  makeOwnDirectory(dirname(path));
  const draft = `${path}.${process.pid}-${Buffer.from(randomBytes(6)).toString("hex")}.tmp`;
  writeFileSync(draft, text, { mode: 0o600, flag: "wx" });
  if (how === "always") {
    renameSync(draft, path);
    return true;
  }
  try {
    if (how !== "once") {
      if (existsSync(path)) return false;
      how.onceAfter();
    }
    return keepDraft(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Of several first commands at once, one makes the file. */
function keepDraft(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
  } catch {
    // There is one, or the disk knows no second names (FAT, Android): then two that are as quick as each other write the same.
    if (existsSync(path)) return false;
    renameSync(draft, path);
  }
  return true;
}
