import type { EventProblemCode } from "../errors/problem.ts";

/** What may still be looked at: a value costs 1, a text also 1 for every 1,000 characters, a typed array 1 for a byte. */
export interface Budget {
  values: number;
}

/**
 * Why a value must not pass as JSON: nested too deep, more values than the budget has, a key named `__proto__`, or
 * something that JSON cannot hold or would change without a word; `undefined` when it may. Members that are
 * `undefined` may: they are left out.
 */
export function findUnsafeValue(
  value: unknown,
  depthLeft: number,
  budget: Budget,
): EventProblemCode | undefined {
  budget.values -= valueCost(value);
  if (budget.values < 0) return "too_large";
  if (typeof value !== "object" || value === null)
    return value == null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)
      ? undefined
      : "bad_json";
  if (depthLeft === 0) return "too_deep";
  const list = Array.isArray(value);
  if (list && value.length > budget.values) return "too_large";
  // Holes of a list would become null, and what it has beside its items would go.
  if (list ? Object.keys(value).length !== value.length : !isPlain(value)) return "bad_json";
  if (Object.hasOwn(value, "__proto__")) return "forbidden_key";
  const members: readonly unknown[] = list ? value : Object.values(value);
  for (const member of members) {
    const problem =
      list && member === undefined ? "bad_json" : findUnsafeValue(member, depthLeft - 1, budget);
    if (problem) return problem;
  }
  return undefined;
}

/** What a value takes from a budget. Objects that share members would unfold without end were nothing counted. */
export function valueCost(value: unknown): number {
  if (typeof value === "string") return 1 + value.length / 1_000;
  return ArrayBuffer.isView(value) ? 1 + value.byteLength : 1;
}

/** Whether an object was made by a literal or by JSON, in this realm or another: its prototype has none itself. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return !prototype || !Object.getPrototypeOf(prototype);
}
