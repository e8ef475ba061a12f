import { ActivityError } from "@activity/core";

/** Variables of the environment that `activity-intake` reads. */
export type IntakeEnvironment = Readonly<Record<string, string | undefined>>;

/** What one variable may be. */
export interface NumberRange {
  readonly from: number;
  readonly to: number;
  readonly otherwise: number;
}

/** The parts of a value that are separated by commas. */
export function readList(value = ""): readonly string[] {
  return value
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** @throws INVALID_OPTION for anything but a whole number of the range, written in digits. */
export function readNumber(environment: IntakeEnvironment, name: string, range: NumberRange): number {
  const value = environment[name] ?? "";
  const { from, to, otherwise } = range;
  if (value === "") return otherwise;
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= from && number <= to) return number;
  throw new ActivityError("INVALID_OPTION", `${name} is ${quote(value)}; it must be ${from} to ${to}`);
}

/** @throws INVALID_OPTION for a value that is none of those allowed. */
export function readChoice<T extends string>(
  environment: IntakeEnvironment,
  name: string,
  allowed: readonly T[],
): T | undefined {
  const value = environment[name] ?? "";
  if (value === "") return undefined;
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  throw new ActivityError(
    "INVALID_OPTION",
    `${name} is ${quote(value)}; it must be one of ${allowed.join(", ")}`,
  );
}

/** A value as a message shows it. */
export function quote(value: string): string {
  return JSON.stringify(value.slice(0, 32));
}
