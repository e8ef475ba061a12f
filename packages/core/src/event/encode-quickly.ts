import { maxDepth } from "../limits.ts";
import type { Attributes } from "./activity-event.ts";
import { findUnsafeValue } from "./find-unsafe-value.ts";

const openBrace = 123;

/** What makes a text doubtful: `null` may have been NaN, `{}` a Map, an escaped surrogate is a lone one. */
const doubtful = /null|\{\}|\\ud/;

/**
 * Encodes attributes, without the opening brace, in one pass of `JSON.stringify` and looks at the text it made; `undefined` when
 * something in it needs `encodeCarefully`, which decides.
 *
 * @param taken Keys that need a decision: they are not for attributes, or something else has them too.
 */
export function encodeQuickly(
  attributes: Attributes,
  taken: ReadonlySet<string>,
  maxKeys: number,
): string | undefined {
  try {
    const text: string | undefined = JSON.stringify(attributes);
    if (
      text?.charCodeAt(0) !== openBrace ||
      doubtful.test(text) ||
      typeof attributes["toJSON"] === "function"
    )
      return undefined;
    let keys = 0;
    for (const key in attributes) {
      if (taken.has(key) || ++keys > maxKeys) return undefined;
    }
    // Only what is nested can be too deep, or other than it looks.
    const nested = text.indexOf("{", 1) > 0 || text.indexOf("[") >= 0;
    return nested && findUnsafeValue(attributes, maxDepth) ? undefined : text.slice(1);
  } catch {
    return undefined; // BigInt, a cycle, a getter that throws: the careful way names it.
  }
}
