import type { EventProblem } from "../errors/problem.ts";

/**
 * The first thing in a value that must not pass as JSON: nested too deep, a key named `__proto__`, or
 * something that JSON cannot hold. `undefined` when there is none.
 */
export function findUnsafeValue(value: unknown, maxDepth: number, pointer = ""): EventProblem | undefined {
  if (typeof value !== "object" || value === null) return primitiveProblem(value, pointer);
  if (maxDepth === 0) return { code: "too_deep", pointer, detail: "objects and arrays are nested too deep" };
  if (!Array.isArray(value)) {
    const prototype: unknown = Object.getPrototypeOf(value);
    // Plain objects of another realm have a prototype without a prototype.
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
      return { code: "bad_json", pointer, detail: "an object that is not plain is not JSON" };
  }
  for (const [key, member] of Object.entries(value)) {
    const memberPointer = `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1").slice(0, 64)}`;
    if (key === "__proto__")
      return { code: "forbidden_key", pointer: memberPointer, detail: "the key __proto__ is not allowed" };
    const problem = findUnsafeValue(member, maxDepth - 1, memberPointer);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function primitiveProblem(value: unknown, pointer: string): EventProblem | undefined {
  const json =
    value === null ||
    value === undefined ||
    typeof value === "string" ||
    typeof value === "boolean" ||
    Number.isFinite(value);
  return json ? undefined : { code: "bad_json", pointer, detail: `a ${typeof value} like this is not JSON` };
}
