import { defaultLimits } from "../limits.ts";
import type { Attributes } from "./activity-event.ts";
import { copyAttributes } from "./copy-attributes.ts";

/** Attributes as text, and what happened to them on the way. */
export interface EncodedAttributes {
  /** Members with a comma before each: `,"method":"github"`; empty for none. */
  readonly text: string;
  /** Paths of what was left out. */
  readonly problems: readonly string[];
  /** Attributes left out because there were too many. */
  readonly omitted: number;
}

/**
 * What makes a text doubtful: `null` may have been NaN, `{}` a Map; an escaped surrogate is a lone one;
 * some keys are not for attributes. Longer names of activity's own begin like these.
 */
const doubtful =
  /null|\{\}|\\ud|"(?:event_(?:id|time|type|name)|truncated|encoding_problems|attributes_omitted|__proto__|constructor|prototype)/;

/**
 * Encodes attributes in one pass of `JSON.stringify` and looks at the text it made; `undefined` when
 * something in it needs {@link encodeCarefully}, which decides.
 */
export function encodeQuickly(
  attributes: Attributes,
  maxKeys: number = defaultLimits.createdEventMaxAttributes,
): string | undefined {
  let text: string | undefined;
  try {
    text = JSON.stringify(attributes);
  } catch {
    return undefined; // BigInt, a cycle, a getter that throws: the careful way names it.
  }
  if (text === undefined || text.charCodeAt(0) !== 123) return undefined;
  if (text === "{}") return isPlain(attributes, 1) ? "" : undefined;
  if (doubtful.test(text)) return undefined;
  // A member takes five characters or more.
  if (text.length > 5 * maxKeys && Object.keys(attributes).length > maxKeys) return undefined;
  if ((text.indexOf("{", 1) > 0 || text.indexOf("[", 1) > 0) && !isPlain(attributes, 1)) return undefined;
  return `,${text.slice(1, -1)}`;
}

/** Encodes attributes value by value; later layers win. Never throws. */
export function encodeCarefully(
  layers: readonly (Attributes | undefined)[],
  maxKeys: number = defaultLimits.createdEventMaxAttributes,
): EncodedAttributes {
  const { attributes, problems, omitted } = copyAttributes(layers, maxKeys);
  const text = JSON.stringify(attributes).slice(1, -1);
  return { text: text && `,${text}`, problems, omitted };
}

/** Whether a value holds nothing but plain objects, arrays and primitives to a permitted depth. */
function isPlain(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (depth > defaultLimits.event.maxDepth) return false;
  if (Array.isArray(value)) return value.every((item) => isPlain(item, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return false;
  for (const key in value) {
    if (!isPlain((value as Record<string, unknown>)[key], depth + 1)) return false; // A key of its own, just listed.
  }
  return true;
}
