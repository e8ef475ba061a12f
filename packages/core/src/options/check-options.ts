import { ActivityError } from "../errors/activity-error.ts";
import { closestName } from "./closest-name.ts";

/** What an option may be. */
export interface OptionRule {
  /** What completes "it must be". */
  readonly allowed: string;
  readonly fits: (value: unknown) => boolean;
  /** It has no default. */
  readonly required?: boolean;
  /** Its value stands in no message. */
  readonly secret?: boolean;
  /** What its own members may be, where it is an object. */
  readonly members?: Readonly<Record<string, OptionRule>>;
}

/** What each option of `O` may be: all of them, or it does not compile. */
export type OptionRules<O> = { readonly [K in keyof Required<O>]: OptionRule };

/**
 * Checks what a caller gave `owner` as its options. Members that are `undefined` count as left out.
 *
 * @throws INVALID_OPTION for what is no object, for a name that is none, with the one that was probably meant,
 * and for a value that is not allowed
 */
export function checkOptions(
  owner: string,
  options: unknown,
  rules: Readonly<Record<string, OptionRule>>,
): void {
  if (!isObject(options)) {
    const needed = Object.keys(rules).filter((name) => rules[name]?.required);
    const allowed = needed.length === 0 ? "an object" : `an object with ${needed.join(" and ")}`;
    throw unfit(`the argument of ${owner}`, options, { allowed });
  }
  checkMembers(options, rules, { owner, path: "" });
}

/** @throws INVALID_OPTION for the first member of `options` that is not one of `names` */
export function checkOptionNames(owner: string, options: object, names: readonly string[]): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || names.includes(name)) continue;
    const meant = closestName(name, names);
    const advice = meant === undefined ? `it has ${names.join(", ")}` : `did you mean "${meant}"?`;
    throw new ActivityError("INVALID_OPTION", `${owner} has no option ${shown(name)}; ${advice}`);
  }
}

interface Place {
  readonly owner: string;
  /** What stands before a name: `limits.`, or nothing. */
  readonly path: string;
}

function checkMembers(
  options: Readonly<Record<string, unknown>>,
  rules: Readonly<Record<string, OptionRule>>,
  { owner, path }: Place,
): void {
  checkOptionNames(path === "" ? owner : `${path.slice(0, -1)} of ${owner}`, options, Object.keys(rules));
  for (const [name, rule] of Object.entries(rules)) {
    const value = options[name];
    if (value === undefined && rule.required !== true) continue;
    const option = `${path}${name}`;
    if (!rule.fits(value)) throw unfit(option, value, rule);
    if (rule.members !== undefined && isObject(value))
      checkMembers(value, rule.members, { owner, path: `${option}.` });
  }
}

function unfit(option: string, value: unknown, { allowed, secret }: Omit<OptionRule, "fits">): ActivityError {
  const hidden = secret === true && value !== undefined;
  const what = hidden ? `${option} cannot be used` : `${option} is ${shown(value)}`;
  return new ActivityError("INVALID_OPTION", `${what}; it must be ${allowed}`);
}

/** A value for a message: texts and lists of texts to 64 characters, everything else by its kind. */
function shown(value: unknown): string {
  if (value === undefined || value === null || ["number", "boolean"].includes(typeof value))
    return `${value}`;
  const texts = Array.isArray(value) && value.every((one) => typeof one === "string");
  if (typeof value === "string" || texts) {
    const text = JSON.stringify(value);
    return text.length > 66 ? `${text.slice(0, 65)}…` : text;
  }
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
