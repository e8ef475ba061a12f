import type { EventProblem } from "../errors/problem.ts";
import { quote } from "../event/check-envelope.ts";
import { closestName } from "../options/closest-name.ts";
import type { Definitions } from "./catalog-types.ts";
import type { EventToCheck, Rules } from "./event-to-check.ts";

/** Names listed in one message; the others are counted. */
const maxListed = 12;

/** The problem of an event whose type a catalog does not have. */
export function unknownType({ definitions, open }: Rules, { type, name }: EventToCheck): EventProblem {
  const allowed = [...new Set([...Object.keys(definitions), ...open])];
  const swapped = hasName(definitions, name, type);
  const hint = swapped
    ? ` (a name of type ${quote(name)}: type and name look swapped)`
    : didYouMean(type, allowed);
  return problem("event_type", `${quote(type)}${hint}; the catalog allows ${list(allowed)}`);
}

/** The problem of an event whose type is known and whose name is not. */
export function unknownName(
  { definitions }: Rules,
  { type, name }: EventToCheck,
  events: Definitions[string],
): EventProblem {
  const names = Object.keys(events);
  const otherType = Object.keys(definitions).find((other) => hasName(definitions, other, name));
  const hint = otherType === undefined ? didYouMean(name, names) : ` (a name of type ${quote(otherType)})`;
  return problem(
    "event_name",
    `${quote(name)}${hint}; for type ${quote(type)} the catalog allows ${list(names)}`,
  );
}

function problem(field: "event_type" | "event_name", detail: string): EventProblem {
  return { code: "bad_type", pointer: `/${field}`, detail: `${field} is ${detail}` };
}

function hasName(definitions: Definitions, type: string, name: string): boolean {
  return Object.hasOwn(definitions, type) && Object.hasOwn(definitions[type] ?? {}, name);
}

function didYouMean(word: string, known: readonly string[]): string {
  const nearest = closestName(word, known);
  return nearest === undefined ? "" : ` (did you mean ${quote(nearest)}?)`;
}

function list(words: readonly string[]): string {
  if (words.length === 0) return "nothing";
  const rest = words.length - maxListed;
  return `${words.slice(0, maxListed).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
