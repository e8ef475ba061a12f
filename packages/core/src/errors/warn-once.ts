import type { ProblemHandler } from "./problem.ts";

/** What a host gets that set no handler: one warning on the console, and never another. */
export function warnOnce(): ProblemHandler {
  let warned = false;
  return ({ message }) => {
    if (warned) return;
    warned = true;
    console.warn(`activity: ${message} (said once; set onProblem to hear all)`);
  };
}

/** A handler whose own exceptions and rejections go nowhere: telling of a problem must not become one. */
export function guardHandler(handler: ProblemHandler): ProblemHandler {
  return (problem) => {
    // The handler runs now. Where it fails, at once or later, there is nobody left to tell.
    (async () => handler(problem))().catch(() => undefined);
  };
}
