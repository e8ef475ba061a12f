import { maxDepth, maxValues } from "../limits.ts";
import type { Attributes } from "./activity-event.ts";
import { findUnsafeValue } from "./find-unsafe-value.ts";

const openBrace = 123;

/** What makes a text doubtful: `null` may have been NaN, `{}` a Map, an escaped surrogate is a lone one. */
const doubtful = /null|\{\}|\\ud/;

/**
 * Encodes attributes, without the opening brace, in one pass of `JSON.stringify` and looks at the text it made;
 * `undefined` when something in it needs `encodeCarefully`, which decides.
 *
 * @param taken Keys that need a decision: they are not for attributes, or something else has them too.
 */
export function encodeQuickly(
  attributes: Attributes,
  taken: ReadonlySet<string>,
  maxKeys: number,
): string | undefined {
  try {
    let keys = 0;
    const budget = { values: maxValues };
    for (const key in attributes) {
      if (taken.has(key) || ++keys > maxKeys) return undefined;
      const value = attributes[key];
      // Only what is nested can be too deep, too much, or other than it looks. Dates are so common that they are known.
      if (
        typeof value === "object" &&
        !(value instanceof Date) &&
        findUnsafeValue(value, maxDepth - 1, budget)
      )
        return undefined;
    }
    const text: string | undefined = JSON.stringify(attributes);
    return text?.charCodeAt(0) !== openBrace ||
      doubtful.test(text) ||
      typeof attributes["toJSON"] === "function"
      ? undefined
      : text.slice(1);
  } catch {
    return undefined; // BigInt, a cycle, a getter that throws: the careful way names it.
  }
}
