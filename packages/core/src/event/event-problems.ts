import { ActivityError } from "../errors/activity-error.ts";
import type { EventProblem } from "../errors/problem.ts";

/** What is wrong with attributes as a whole: they must be an object, not a list. */
export function checkAttributes(attributes: unknown): EventProblem | undefined {
  try {
    if (
      attributes === undefined ||
      (typeof attributes === "object" &&
        attributes !== null &&
        !Array.isArray(attributes) &&
        !ArrayBuffer.isView(attributes))
    )
      return undefined;
  } catch {
    return undefined; // A revoked proxy is not even asked; encoding names it.
  }
  return { code: "bad_type", pointer: "", detail: "attributes must be an object" };
}

/** All details in one sentence. */
export function describeProblems(problems: readonly EventProblem[]): string {
  return problems.map((problem) => problem.detail).join("; ");
}

/** The error for an event that failed its checks. */
export function invalidEvent(problems: readonly EventProblem[]): ActivityError {
  return new ActivityError("INVALID_EVENT", describeProblems(problems), { problems });
}
