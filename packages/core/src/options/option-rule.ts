import type { OptionRule } from "./check-options.ts";

/** Makes the rule that `fits` decides; `allowed` completes "it must be". */
export function optionRule(allowed: string, fits: (value: unknown) => boolean): OptionRule {
  return { allowed, fits };
}

/** Rules for what options mostly are. */
export interface UsualRules {
  readonly text: OptionRule;
  readonly texts: OptionRule;
  readonly flag: OptionRule;
  readonly callback: OptionRule;
  readonly sink: OptionRule;
  readonly clock: OptionRule;
  /** A number from `min` on; `Infinity` too where there is no `max`. */
  readonly number: (min: number, max?: number) => OptionRule;
  readonly oneOf: (values: readonly (string | false)[]) => OptionRule;
  /** Some of these texts. */
  readonly listOf: (values: readonly string[]) => OptionRule;
  readonly object: (members: Readonly<Record<string, OptionRule>>) => OptionRule;
  /** An object with these methods. */
  readonly having: (what: string, methods: readonly string[]) => OptionRule;
  /** What fits one of several. Only one of them may have members. */
  readonly either: (...rules: readonly OptionRule[]) => OptionRule;
}

export const mayBe: UsualRules = {
  text: optionRule("a text that is not empty", (value) => typeof value === "string" && value !== ""),
  texts: optionRule("a list of texts", isListOfTexts),
  flag: optionRule("true or false", (value) => typeof value === "boolean"),
  callback: optionRule("a function", (value) => typeof value === "function"),
  sink: having("a sink, such as memorySink()", ["record", "write", "flush", "close", "stats"]),
  clock: having("a clock", ["now", "monotonic", "random", "sleep", "setTimer"]),
  having,
  number: (min, max = Number.POSITIVE_INFINITY) =>
    optionRule(
      max === Number.POSITIVE_INFINITY ? `a number, ${min} or more` : `a number from ${min} to ${max}`,
      (value) => typeof value === "number" && value >= min && value <= max,
    ),
  oneOf: (values) => {
    const allowed: readonly unknown[] = values;
    const what = values.length === 1 ? listed(values) : `one of ${listed(values)}`;
    return optionRule(what, (value) => allowed.includes(value));
  },
  listOf: (values) =>
    optionRule(
      `a list of ${listed(values)}`,
      (value) => isListOfTexts(value) && value.every((text) => values.includes(text)),
    ),
  object: (members) => ({ ...optionRule("an object", isPlainObject), members }),
  either: (...rules) => {
    const allowed = rules.map((rule) => rule.allowed).join(", or ");
    const either = optionRule(allowed, (value) => rules.some(({ fits }) => fits(value)));
    const members = rules.find((rule) => rule.members !== undefined)?.members;
    return members === undefined ? either : { ...either, members };
  },
};

/** The same, without a default. */
export function required(rule: OptionRule): OptionRule {
  return { ...rule, required: true };
}

/** The same, for what no message may show. */
export function secret(rule: OptionRule): OptionRule {
  return { ...rule, secret: true };
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function isPlainObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function having(what: string, methods: readonly string[]): OptionRule {
  return optionRule(what, (value) => {
    if (typeof value !== "object" || value === null) return false;
    const members = value as Readonly<Record<string, unknown>>; // Any object may be asked for any key.
    return methods.every((method) => typeof members[method] === "function");
  });
}

function listed(values: readonly (string | false)[]): string {
  return values.map((value) => JSON.stringify(value)).join(", ");
}
