import { invalidOption } from "./invalid-option.ts";

/** What a number among the options may be. */
export interface NumberRange {
  readonly min: number;
  /** @defaultValue no limit, `Infinity` too */
  readonly max?: number | undefined;
}

/**
 * Passes a number that is in its range, and `undefined`.
 *
 * @throws INVALID_OPTION for anything else, NaN and numbers in quotes too
 */
export function checkNumber(option: string, value: unknown, { min, max }: NumberRange): void {
  if (value === undefined) return;
  if (typeof value === "number" && value >= min && value <= (max ?? Number.POSITIVE_INFINITY)) return;
  throw invalidOption(option, value, max === undefined ? `${min} or more` : `from ${min} to ${max}`);
}
