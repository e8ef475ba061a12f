import { reservedKeys } from "../constants/attribute-keys.ts";
import { createdEventMaxAttributes, maxDepth } from "../limits.ts";
import type { Attributes } from "./activity-event.ts";

/** Attributes as text, and what happened to them on the way. */
export interface EncodedAttributes {
  /** Members with a comma before each: `,"method":"github"`; empty for none. */
  readonly text: string;
  /** Attributes that were left out because they could not be encoded. */
  readonly problems: readonly string[];
  /** How many were left out because there were too many. */
  readonly omitted: number;
}

/** Keys that attributes cannot have at the top level. */
export const forbiddenKeys: ReadonlySet<string> = /* @__PURE__ */ new Set([
  ...reservedKeys,
  "__proto__",
  "constructor",
  "prototype",
]);

/** Values of one attribute at most, so that a graph of shared objects cannot grow without bound. */
const maxValues = 50_000;

/** An escaped half of a surrogate pair; the text before it ends in an even number of backslashes. */
const loneSurrogate = /(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g;

type Members = Record<string, unknown>;

/**
 * Encodes attributes one by one, later layers over earlier ones. Conversions are listed in
 * `docs/events.md`. What cannot be read or encoded costs that attribute only, and is named. Never throws.
 */
export function encodeCarefully(layers: readonly (Attributes | undefined)[]): EncodedAttributes {
  const owners = new Map<string, Members>();
  const problems: string[] = [];
  const members: string[] = [];
  for (const layer of layers) {
    try {
      const owner = (layer instanceof Map ? Object.fromEntries(layer) : (layer ?? {})) as Members; // Any object may be asked for any key.
      for (const key of Object.keys(owner)) owners.set(key, owner);
    } catch {
      problems.push("(attributes)"); // A revoked proxy does not even list its keys.
    }
  }
  for (const [key, owner] of owners) {
    try {
      const text = forbiddenKeys.has(key) ? refuse() : encodeValue(owner[key]);
      if (text !== undefined) members.push(`,${wellFormed(JSON.stringify(key))}:${text}`);
    } catch {
      problems.push(key); // A getter, proxy or toJSON threw, or the value is cyclic, too deep or too large.
    }
  }
  const kept = members.slice(0, createdEventMaxAttributes);
  return { text: kept.join(""), problems, omitted: members.length - kept.length };
}

/** Whether something is an error, also one of another realm. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}

function refuse(): never {
  throw new RangeError();
}

function encodeValue(value: unknown): string | undefined {
  const ancestors: unknown[] = [];
  let values = 0;
  const text: string | undefined = JSON.stringify(
    value,
    function (this: Members, key: string, json: unknown) {
      while (ancestors.length > 0 && ancestors.at(-1) !== this) ancestors.pop();
      // The event and the attribute's holder here are levels too.
      if (key === "__proto__" || ++values > maxValues || ancestors.length > maxDepth) refuse();
      const converted = convert(this[key], json);
      // JSON.stringify gets this object next, and hands its members back with it as their holder.
      if (typeof converted === "object") ancestors.push(converted);
      return converted;
    },
  );
  return text && wellFormed(text);
}

/** What JSON gets for a value; `json` is what its own `toJSON` made of it. */
function convert(value: unknown, json: unknown): unknown {
  if (typeof json === "bigint" || (typeof json === "number" && !Number.isFinite(json))) return String(json);
  if (typeof json !== "object") return json;
  // A Date that is none becomes null, which would not say so.
  if (json === null) return value === null ? null : String(value);
  if (Array.isArray(json)) return json;
  if (isError(json)) {
    const { name, message, code, stack, cause, errors } = json as Error & Members; // Where Node and AggregateError put theirs.
    return { name, message, code, stack, cause, errors };
  }
  if (json instanceof Map)
    return [...json.keys()].every((key) => typeof key === "string") ? Object.fromEntries(json) : [...json];
  if (json instanceof Set || (ArrayBuffer.isView(json) && "length" in json))
    return [...(json as Iterable<unknown>)]; // Sets and typed arrays are iterable.
  const primitive: unknown = Object.getPrototypeOf(json) && json.valueOf();
  if (primitive !== null && typeof primitive !== "object") return convert(primitive, primitive);
  // An empty object that is not a plain one has its say in its text, if anywhere: a RegExp, a Promise.
  return Object.keys(json).length > 0 || [null, Object.prototype].includes(Object.getPrototypeOf(json))
    ? json
    : String(json);
}

function wellFormed(json: string): string {
  return json.replace(loneSurrogate, "$1\ufffd");
}
