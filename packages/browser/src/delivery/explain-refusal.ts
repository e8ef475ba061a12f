import { describeRefusal } from "@activity/core";
import type { Page, RefusedCall } from "../page.ts";

/** Tells what was wrong with a call. */
export function explainRefusal({ onProblem }: Page, { type, name, layers, cause }: RefusedCall): void {
  const about = { code: "refused", eventType: type, eventName: name } as const;
  const problem = cause === undefined ? describeRefusal(type, name, layers) : undefined;
  if (problem)
    onProblem({
      ...about,
      message: `an event was not recorded: ${problem.detail}`,
      problems: [problem],
    });
  else onProblem({ ...about, message: "an event was not recorded", cause });
}
