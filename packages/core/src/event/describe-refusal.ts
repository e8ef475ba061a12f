import type { EventProblem } from "../errors/problem.ts";
import { checkLabel } from "./check-text.ts";
import { checkAttributes } from "./event-problems.ts";

/** What is wrong with type, name or attributes, the first of it; `undefined` when nothing is. */
export function describeRefusal(
  type: unknown,
  name: unknown,
  layers: readonly unknown[],
): EventProblem | undefined {
  return (
    checkLabel("event_type", type) ??
    checkLabel("event_name", name) ??
    layers.map(checkAttributes).find(Boolean)
  );
}
