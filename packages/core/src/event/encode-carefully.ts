import { reservedKeys } from "../constants/attribute-keys.ts";
import { createdEventMaxAttributes, maxDepth, maxValues } from "../limits.ts";
import type { Attributes } from "./activity-event.ts";
import type { Budget } from "./find-unsafe-value.ts";
import { isPlain, valueCost } from "./find-unsafe-value.ts";

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

/** Every escape, so that none begins in the middle of another. JSON escapes half of a surrogate pair only when it stands alone. */
const escapes = /\\(?:ud[89a-f]..|.)/g;

type Members = Record<string, unknown>;

/**
 * Encodes attributes one by one, later layers over earlier ones. Conversions are listed in
 * `docs/events.md`. What cannot be read or encoded costs that attribute only, and is named. Never throws.
 */
export function encodeCarefully(layers: readonly (Attributes | undefined)[]): EncodedAttributes {
  const owners = new Map<string, Members>();
  const problems: string[] = [];
  const names = new Set<string>();
  const budget: Budget = { values: maxValues };
  let text = "";
  let omitted = 0;
  for (const layer of layers) {
    try {
      const owner = convert(layer, layer ?? {});
      if (typeof owner !== "object" || Array.isArray(owner)) refuse(); // A Set, a Promise, a Date has no keys.
      for (const key of Object.keys(owner as Members)) owners.set(key, owner as Members); // Looked at just now.
    } catch {
      problems.push("(attributes)"); // Nor does a revoked proxy list its own.
    }
  }
  for (const [key, owner] of owners) {
    if (names.size === createdEventMaxAttributes) {
      omitted++;
      continue;
    }
    const name = wellFormed(JSON.stringify(key));
    try {
      // Two names can be one when they are well-formed: the first has it.
      if (forbiddenKeys.has(key) || names.has(name)) refuse();
      const value = encodeValue(owner[key], budget);
      if (value) {
        names.add(name);
        text += `,${name}:${value}`;
      }
    } catch {
      problems.push(JSON.parse(name) as string); // A getter, proxy or toJSON threw, or the value is cyclic, too deep or too large.
    }
  }
  return { text, problems, omitted };
}

/** Whether something is an error, also one of another realm. @throws for a revoked proxy */
export function isError(value: unknown): value is Error {
  return value instanceof Error || {}.toString.call(value) === "[object Error]";
}

/** What an error says. */
export function errorMembers(error: Error): Attributes {
  const { name, message, code, stack, cause, errors } = error as Error & Members; // Where Node and AggregateError put theirs.
  return { name, message, code, stack, cause, errors };
}

function refuse(): never {
  throw new RangeError();
}

/** Takes from the budget, so that many large attributes leave less for those behind them, and a little always. */
function encodeValue(value: unknown, budget: Budget): string | undefined {
  const ancestors: unknown[] = [];
  let left = budget.values;
  // Members are paid for before JSON.stringify has them: the toJSON of a Buffer would copy it all.
  const pay = (members: readonly unknown[]): void => {
    for (const member of members) {
      left -= valueCost(member);
      if (left < 0) refuse();
    }
  };
  try {
    pay([value]);
    const text: string | undefined = JSON.stringify(
      value,
      function (this: Members, key: string, json: unknown) {
        ancestors.length = ancestors.lastIndexOf(this) + 1;
        if (key === "__proto__") refuse();
        const converted = convert(this[key], json);
        // JSON.stringify gets this object next, and hands its members back with it as their holder.
        if (converted && typeof converted === "object") {
          pay(Array.isArray(converted) ? converted : Object.values(converted));
          if (ancestors.push(converted) === maxDepth) refuse(); // The event is a level too.
        }
        return converted;
      },
    );
    return text && wellFormed(text);
  } finally {
    budget.values = Math.max(1_000, (3 * budget.values + left) / 4);
  }
}

/** What JSON gets for a value; `json` is what its own `toJSON` made of it. */
function convert(value: unknown, json: unknown): unknown {
  if (typeof json === "bigint" || (typeof json === "number" && json - json !== 0)) return String(json); // Less itself, everything finite is nothing.
  if (typeof json !== "object") return json;
  // A Date that is none becomes null, which would not say so.
  if (json === null) return value === null ? null : String(value);
  if (isPlain(json) || Array.isArray(json)) return json;
  if (isError(json)) return errorMembers(json);
  const isMap = json instanceof Map;
  // Sets and typed arrays are iterable too.
  if (isMap || json instanceof Set || (ArrayBuffer.isView(json) && "length" in json)) {
    if ((json as Set<unknown>).size > maxValues) refuse(); // Bytes were paid for, and have none.
    const items = [...(json as Iterable<unknown>)];
    return isMap && (items as [unknown][]).every(([key]) => typeof key === "string")
      ? Object.fromEntries(items as [string, unknown][])
      : items;
  }
  const primitive: unknown = json.valueOf();
  if (typeof primitive !== "object") return convert(primitive, primitive);
  // An empty object that is not a plain one has its say in its text, if anywhere: a RegExp, a Promise.
  return Object.keys(json).length ? json : String(json);
}

/** Refuses when two keys have become one: what a reader would take is then anybody's guess. */
function wellFormed(json: string): string {
  // Hardly any text has one, and a command has no time to compile the pattern.
  if (!json.includes("\\u")) return json;
  const text = json.replace(escapes, (found) => (found[2] ? "\ufffd" : found));
  if (JSON.stringify(JSON.parse(text)).length < text.length) refuse();
  return text;
}
