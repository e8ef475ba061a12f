import { ActivityError } from "../errors/activity-error.ts";
import { checkOptionNames } from "./check-options.ts";

/**
 * What each option of `O` may be, as names of `typeof` between blanks; `needed` before them where it has no default,
 * `secret` where no message may show it. All options, or it does not compile.
 */
export type OptionKinds<O> = { readonly [K in keyof Required<O>]: string };

/**
 * The small check, for programs that start for a single event: names and kinds. Members that are `undefined` count
 * as left out, `null` fits nothing.
 *
 * @throws INVALID_OPTION for what is no object, for a name that is none, and for a value of another kind
 */
export function checkOptionKinds(
  owner: string,
  options: unknown,
  kinds: Readonly<Record<string, string>>,
): void {
  if (typeof options !== "object" || options === null)
    throw unfit(`the argument of ${owner}`, options, "object");
  const given = options as Readonly<Record<string, unknown>>; // Any object may be asked for any key.
  // Plain loops over what was given: each function that is called for the first time costs a start something.
  for (const name in given) {
    const value = given[name];
    if (value === undefined) continue;
    const allowed = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (allowed === undefined) checkOptionNames(owner, given, Object.keys(kinds));
    else if (value === null || !allowed.includes(typeof value)) throw unfit(name, value, allowed);
  }
  for (const name in kinds)
    if (kinds[name]?.startsWith("needed") && given[name] === undefined)
      throw unfit(name, undefined, kinds[name] ?? "");
}

/** Of a value only texts and the like are shown: what else may be in an object, nobody knows. */
function unfit(name: string, value: unknown, allowed: string): ActivityError {
  const kinds = allowed
    .replace(/\b(?:needed|secret)\b/g, "")
    .trim()
    .replaceAll(/\s+/g, " or ");
  const simple = value === null || ["undefined", "string", "number", "boolean"].includes(typeof value);
  const shown =
    simple && !allowed.includes("secret")
      ? (JSON.stringify(value) ?? "undefined")
      : `of type ${typeof value}`;
  return new ActivityError("INVALID_OPTION", `${name} is ${shown.slice(0, 66)}; it must be of type ${kinds}`);
}
