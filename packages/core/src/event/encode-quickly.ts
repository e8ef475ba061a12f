import { maxDepth, maxValues } from "../limits.ts";
import type { Attributes } from "./activity-event.ts";
import { findUnsafeValue, isPlain } from "./find-unsafe-value.ts";

/**
 * What makes a text with more than texts, numbers and booleans doubtful: `null` may have been NaN, `{}` a Map, an escaped
 * surrogate is a lone one.
 */
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
    // A Map, an error or what converts itself is more than its members.
    if (!isPlain(attributes) || typeof attributes["toJSON"] === "function") return undefined;
    let keys = 0;
    let flat = true;
    const budget = { values: maxValues };
    for (const key in attributes) {
      const value = attributes[key];
      if (
        taken.has(key) ||
        ++keys > maxKeys ||
        // Only what is nested can be too deep, too much, or other than it looks. Dates are so common that they are known.
        (typeof value === "object" &&
          (value as Partial<Date> | null)?.toJSON !== Date.prototype.toJSON &&
          findUnsafeValue(value, maxDepth - 1, budget))
      )
        return undefined;
      flat &&= typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
    }
    const text = JSON.stringify(attributes);
    return (flat ? text.includes("\\ud") : doubtful.test(text)) ? undefined : text.slice(1);
  } catch {
    return undefined; // BigInt, a cycle, a getter that throws: the careful way names it.
  }
}
