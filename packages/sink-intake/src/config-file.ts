import { linkSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { makeDirectory } from "@activity/spool";

let drafts = 0;

/**
 * Writes a file that only its owner can read, whole or not at all. `once`: unless there is one already.
 * Returns whether it was written here.
 *
 * @throws when it cannot be written.
 */
export function writeConfigFile(path: string, text: string, how: "always" | "once"): boolean {
  makeDirectory(dirname(path));
  const draft = `${path}.${process.pid}-${process.hrtime.bigint()}-${drafts++}.tmp`;
  writeFileSync(draft, text, { mode: 0o600, flag: "wx" });
  if (how === "always") {
    renameSync(draft, path);
    return true;
  }
  try {
    // Of several first commands at once, one makes the file.
    linkSync(draft, path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false; // What `fs` throws has a code.
    throw cause;
  } finally {
    unlinkSync(draft);
  }
}
