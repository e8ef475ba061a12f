import { readdirSync } from "node:fs";
import type { Liveness, Owner } from "./owner.ts";
import { livenessOf, ownerSyntax, parseOwner } from "./owner.ts";

/** Whether each owner of a file in a folder still runs. One that is not in it came later, and counts as alive. */
export type OwnerSurvey = ReadonlyMap<string, Liveness>;

const ownerInName = /* @__PURE__ */ new RegExp(ownerSyntax);

/**
 * Looks at every owner once. What is decided by it must be looked up in the folder afterwards: a process may
 * make a file and die between a listing and the look at it.
 *
 * @throws when the folder cannot be read.
 */
export function surveyOwners(folder: string, here: Owner): OwnerSurvey {
  const survey = new Map<string, Liveness>();
  for (const file of readdirSync(folder)) {
    const text = ownerInName.exec(file)?.[0];
    const owner = text === undefined || survey.has(text) ? undefined : parseOwner(text);
    if (text !== undefined && owner !== undefined) survey.set(text, livenessOf(owner, here));
  }
  return survey;
}
