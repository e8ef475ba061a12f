import type { EventProblem } from "../errors/problem.ts";
import { maxNamesListed } from "../limits.ts";
import type { EventDefinition } from "./catalog-types.ts";
import { describeIssue, toPointer } from "./describe-issue.ts";
import type { EventToCheck } from "./event-to-check.ts";
import type { StandardSchema } from "./standard-schema.ts";

/** What keeps the attributes of an event from fitting its definition. Never throws. */
export function checkAttributes(definition: EventDefinition, event: EventToCheck): readonly EventProblem[] {
  try {
    return definition === null ? refuseAttributes(event) : askSchema(definition, event);
  } catch {
    // What was thrown may hold attribute values: only that it was thrown is told.
    return [
      whole(
        `the attributes of ${label(event)} could not be checked: its schema, or an attribute when read, threw`,
      ),
    ];
  }
}

function refuseAttributes(event: EventToCheck): EventProblem[] {
  return Object.keys(ownAttributes(event))
    .slice(0, maxNamesListed)
    .map((key) => {
      const pointer = toPointer([key]);
      return {
        code: "bad_type",
        pointer,
        detail: `attribute ${pointer} is not allowed: ${label(event)} has no attributes`,
      };
    });
}

function askSchema(schema: StandardSchema, event: EventToCheck): EventProblem[] {
  const attributes = ownAttributes(event);
  const { validate, vendor } = schema["~standard"];
  const result = validate(attributes);
  if ("then" in result) {
    result.then(undefined, () => {}); // Nobody waits for it: a rejection must not end the process.
    return [
      whole(
        `the schema of ${label(event)} is asynchronous; events are checked at once, so it must be synchronous`,
      ),
    ];
  }
  const issues = result.issues ?? [];
  return issues.slice(0, maxNamesListed).map((issue) => describeIssue(issue, { attributes, vendor }));
}

/** Without the value of a metric, which every metric has and no schema describes. */
function ownAttributes({ type, attributes = {} }: EventToCheck): object {
  if (type !== "metric" || !Object.hasOwn(attributes, "value")) return attributes;
  const { value: _, ...rest } = attributes;
  return rest;
}

function label({ type, name }: EventToCheck): string {
  return `${type} ${name}`;
}

function whole(detail: string): EventProblem {
  return { code: "bad_type", pointer: "", detail };
}
