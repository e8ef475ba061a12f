import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "@activity/core";
import { systemClock } from "@activity/core";
import { adoptSegments } from "./left-segment.ts";
import { createOwner } from "./owner.ts";
import { checkFolder } from "./spool-folder.ts";

/**
 * Deletes every event that waits in the spools of a directory and that no living process writes or sends;
 * returns how many. Nothing when there is no directory.
 *
 * @throws when a spool cannot be read or belongs to another user.
 */
export function clearSpools(directory: string, clock: Clock = systemClock): number {
  const owner = createOwner();
  let cleared = 0;
  for (const name of foldersIn(directory)) {
    const folder = join(directory, name);
    checkFolder(folder);
    for (const left of adoptSegments({ folder, owner, clock, before: 0 })) {
      left.read().content.remove();
      cleared += left.waiting;
    }
  }
  return cleared;
}

function foldersIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return []; // What `fs` throws has a code.
    throw cause;
  }
}
