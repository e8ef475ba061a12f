import type { EventProblemCode } from "../errors/problem.ts";

/**
 * Why a value must not pass as JSON: nested too deep, a key named `__proto__`, or something that JSON
 * cannot hold; `undefined` when it may. Members that are `undefined` may: they are left out.
 */
export function findUnsafeValue(value: unknown, depthLeft: number): EventProblemCode | undefined {
  if (typeof value !== "object" || value === null) {
    return /^[bu]o|^st|^und/.test(typeof value) || value === null || Number.isFinite(value)
      ? undefined
      : "bad_json";
  }
  if (depthLeft === 0) return "too_deep";
  const list = Array.isArray(value);
  const prototype: unknown = list ? null : Object.getPrototypeOf(value);
  // A plain object of another realm has a prototype that has none itself.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return "bad_json";
  for (const key in value) {
    const problem =
      key === "__proto__"
        ? "forbidden_key"
        : findUnsafeValue((value as Record<string, unknown>)[key], depthLeft - 1); // Its own key, just listed.
    if (problem !== undefined) return problem;
  }
  return undefined;
}
