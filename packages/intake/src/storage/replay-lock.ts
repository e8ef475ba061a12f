import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ActivityError } from "@activity/core";
import { hasEnded, processOwner } from "@activity/spool";

/**
 * Sees to it that one replay works on a directory of dead letters at a time: two would store the same events twice. A
 * lock whose process has died counts no more. Gives what lets go of it.
 *
 * @throws INVALID_OPTION while another replay runs, and what writing throws.
 */
export function lockReplay(directory: string): () => void {
  const path = join(directory, "replay.lock");
  // Written apart and linked: nobody sees it without its owner.
  const own = `${path}.${process.pid}`;
  writeFileSync(own, processOwner(), { mode: 0o600 });
  try {
    linkSync(own, path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException; // What `fs` throws has a code.
    if (code !== "EEXIST") throw cause;
    if (!hasEnded(readFileSync(path, "utf8"))) {
      throw new ActivityError(
        "INVALID_OPTION",
        `another replay works on ${directory}; wait until it has ended`,
      );
    }
    rmSync(path, { force: true });
    return lockReplay(directory);
  } finally {
    rmSync(own, { force: true });
  }
  return () => rmSync(path, { force: true });
}
