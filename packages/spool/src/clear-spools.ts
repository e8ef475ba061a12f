import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "@activity/core";
import { systemClock } from "@activity/core";
import { adoptSegments } from "./left-segment.ts";
import { createOwner } from "./owner.ts";
import { quarantineName } from "./quarantine.ts";
import { removeMark, takeEndedSources } from "./source-marks.ts";
import { checkFolder } from "./spool-folder.ts";
import { surveyOwners } from "./survey-owners.ts";

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
    const survey = surveyOwners(folder, owner);
    // What is deleted will be missed: nobody may say that these sources ended well.
    for (const mark of takeEndedSources({ folder, owner, survey, clock })) removeMark(folder, mark);
    const unreadable = (path: string): void => rmSync(path, { recursive: true, force: true });
    for (const left of adoptSegments({ folder, owner, survey, clock, before: 0, unreadable })) {
      rmSync(left.path, { force: true });
      cleared += left.waiting;
    }
    rmSync(join(folder, quarantineName), { recursive: true, force: true });
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
