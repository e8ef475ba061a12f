import { readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "@activity/core";
import { systemClock } from "@activity/core";
import { adoptSegments } from "./left-segment.ts";
import { listSpools } from "./list-spools.ts";
import type { Owner } from "./owner.ts";
import { createOwner } from "./owner.ts";
import { damagedSuffix, quarantineName } from "./quarantine.ts";
import { parseSegmentName } from "./segment-name.ts";
import { messageOf } from "./segment-writer.ts";
import { removeMark, takeEndedSources } from "./source-marks.ts";
import { checkFolder } from "./spool-folder.ts";
import type { OwnerSurvey } from "./survey-owners.ts";
import { surveyOwners } from "./survey-owners.ts";

/**
 * Deletes every event that waits in the spools of a directory and that no living process of this machine writes or
 * sends; returns how many. Nothing when there is no directory, and nothing but what spools have made.
 *
 * Whose owner cannot be looked at, in another container or on another host, counts as dead at once: what somebody
 * wants deleted must not wait for a program that may never start again. One that lives all the same records into new
 * files and counts what is gone.
 *
 * @throws when something could not be deleted: says what and why, after all the rest has been.
 */
export function clearSpools(directory: string, clock: Clock = systemClock): number {
  const clearing = { owner: createOwner(), clock, kept: new Map<string, string>() };
  let cleared = 0;
  for (const folder of listSpools(directory)) cleared += clearFolder(folder, clearing);
  const { kept } = clearing;
  if (kept.size > 0) {
    const list = [...kept].map(([path, why]) => `${path} (${why})`).join(", ");
    throw new Error(`${cleared} event(s) that waited were deleted, but this could not be: ${list}`);
  }
  return cleared;
}

interface Clearing {
  readonly owner: Owner;
  readonly clock: Clock;
  /** What could not be deleted, and why. */
  readonly kept: Map<string, string>;
}

function clearFolder(folder: string, clearing: Clearing): number {
  const { owner, clock, kept } = clearing;
  const remove = (path: string): boolean => tryTo(path, kept, () => rmSync(path, { force: true }));
  let cleared = 0;
  tryTo(folder, kept, () => {
    checkFolder(folder);
    const survey = surveyLiving(folder, owner);
    // What is deleted will be missed: nobody may say that these sources ended well.
    for (const mark of takeEndedSources({ folder, owner, survey, clock })) removeMark(folder, mark);
    for (const left of adoptSegments({ folder, owner, survey, clock, before: 0, unreadable: remove }))
      if (remove(left.path)) cleared += left.waiting;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.name === quarantineName && entry.isDirectory()) clearQuarantine(path, remove);
      const name = parseSegmentName(entry.name);
      // Who came only now lives: its files are its own matter.
      const left = name !== undefined && (name.owner === undefined || survey.get(name.owner) === "dead");
      if (left && !kept.has(path)) kept.set(path, "it may not be taken");
    }
  });
  return cleared;
}

/** Who is known to live; all others count as dead. */
function surveyLiving(folder: string, owner: Owner): OwnerSurvey {
  return new Map(
    [...surveyOwners(folder, owner)].map(([name, liveness]) => [
      name,
      liveness === "alive" ? liveness : "dead",
    ]),
  );
}

/** Deletes what a quarantine makes, and then the folder, unless something else is in it. */
function clearQuarantine(folder: string, remove: (path: string) => boolean): void {
  const entries = readdirSync(folder, { withFileTypes: true });
  const own = entries.filter((entry) => entry.isFile() && entry.name.endsWith(damagedSuffix));
  for (const { name } of own) remove(join(folder, name));
  if (own.length === entries.length) rmdirSync(folder);
}

/** Whether it could be done; why not is noted. */
function tryTo(path: string, kept: Map<string, string>, step: () => void): boolean {
  try {
    step();
    return true;
  } catch (cause) {
    kept.set(path, messageOf(cause));
    return false;
  }
}
