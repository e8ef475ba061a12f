import { reservedKeys } from "../constants/attribute-keys.ts";
import { defaultLimits } from "../limits.ts";
import type { Attributes, JsonValue } from "./activity-event.ts";

/** A copy that JSON can hold without loss, and what had to be left out of it. */
export interface AttributesCopy {
  readonly attributes: Record<string, JsonValue>;
  /** Paths of what was left out, such as `order.items.3`. */
  readonly problems: readonly string[];
  /** Attributes left out because there were too many. */
  readonly omitted: number;
}

/** Values looked at for one event at most, so that a graph of shared objects cannot grow without bound. */
const maxValues = 100_000;
/** Errors followed through `cause` and `errors`. */
const maxErrors = 8;

const reserved: ReadonlySet<string> = new Set(reservedKeys);

type EachMember = (key: string, value: () => JsonValue | undefined) => void;

interface Copying {
  readonly problems: string[];
  readonly ancestors: object[];
  values: number;
  errors: number;
}

/**
 * Copies attributes, later layers over earlier ones, into what JSON can hold. Conversions are listed in
 * `docs/events.md`. A value that cannot be read or converted costs itself only: its path is named.
 */
export function copyAttributes(layers: readonly (Attributes | undefined)[], maxKeys: number): AttributesCopy {
  const copying: Copying = { problems: [], ancestors: [], values: 0, errors: 0 };
  const attributes: Record<string, JsonValue> = {};
  let keys = 0;
  let omitted = 0;
  for (const layer of layers) {
    eachAttribute(layer, copying, (key, value) => {
      const known = Object.hasOwn(attributes, key);
      if (!known && keys === maxKeys) {
        omitted++;
        return;
      }
      const copy =
        reserved.has(key) || key === "constructor" || key === "prototype" ? unusable(key, copying) : value();
      if (copy === undefined) return;
      if (!known) keys++;
      attributes[key] = copy;
    });
  }
  return { attributes, problems: copying.problems, omitted };
}

/** As {@link eachMember}, for a layer that may not even list its keys, such as a revoked proxy. */
function eachAttribute(layer: Attributes | undefined, copying: Copying, each: EachMember): void {
  attempt(
    () => {
      eachMember(layer ?? {}, "", copying, each);
      return undefined;
    },
    "(attributes)",
    copying,
  );
}

function unusable(path: string, copying: Copying): undefined {
  copying.problems.push(path);
  return undefined;
}

/** Calls back for every own enumerable text key; the value is read, and may fail, when it is asked for. */
function eachMember(value: object, path: string, copying: Copying, each: EachMember): void {
  const entries = value instanceof Map ? value : undefined;
  for (const key of entries?.keys() ?? Object.keys(value)) {
    const memberPath = path === "" ? String(key) : `${path}.${String(key)}`;
    const read = (): unknown => (entries ? entries.get(key) : (value as Record<string, unknown>)[key]); // Its own key, just listed.
    if (key === "__proto__") unusable(memberPath, copying);
    else
      each(wellFormed(String(key)), () =>
        attempt(() => copyValue(read(), memberPath, copying), memberPath, copying),
      );
  }
}

function attempt(copy: () => JsonValue | undefined, path: string, copying: Copying): JsonValue | undefined {
  const depth = copying.ancestors.length;
  try {
    return copy();
  } catch {
    // Whatever a getter, a proxy or toJSON throws costs this value only.
    copying.ancestors.length = depth;
    return unusable(path, copying);
  }
}

function copyValue(value: unknown, path: string, copying: Copying): JsonValue | undefined {
  switch (typeof value) {
    case "string":
      return wellFormed(value);
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "bigint":
      return String(value);
    case "boolean":
      return value;
    case "object":
      return value === null ? null : copyObject(value, path, copying);
    default:
      return undefined;
  }
}

function copyObject(value: object, path: string, copying: Copying): JsonValue | undefined {
  const { ancestors } = copying;
  if (
    ++copying.values > maxValues ||
    ancestors.length + 1 >= defaultLimits.event.maxDepth ||
    ancestors.includes(value)
  ) {
    return unusable(path, copying);
  }
  ancestors.push(value);
  const copy = convert(value, path, copying);
  ancestors.pop();
  return copy;
}

function convert(value: object, path: string, copying: Copying): JsonValue | undefined {
  if (Array.isArray(value)) return copyList(value, path, copying);
  if (value instanceof Error) return copyError(value, path, copying);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return copyBinary(value);
  const tag = Object.prototype.toString.call(value);
  if (tag === "[object Date]")
    return Number.isNaN(Number(value)) ? "Invalid Date" : (value as Date).toISOString(); // The tag says so.
  if (tag === "[object Set]") return copyList([...(value as Set<unknown>)], path, copying); // The tag says so.
  if (value instanceof Map && [...value.keys()].some((key) => typeof key !== "string"))
    return copyList([...value], path, copying);
  if ("toJSON" in value && typeof value.toJSON === "function")
    return copyValue(value.toJSON(), path, copying);
  const primitive: unknown = value.valueOf?.();
  if (typeof primitive !== "object") return copyValue(primitive, path, copying);
  if (tag === "[object RegExp]" || tag === "[object URLSearchParams]") return String(value);
  return copyMembers(value, path, copying);
}

function copyMembers(value: object, path: string, copying: Copying): JsonValue {
  const copy: Record<string, JsonValue> = {};
  eachMember(value, path, copying, (key, member) => {
    const json = member();
    if (json !== undefined) copy[key] = json;
  });
  return copy;
}

/** Holes and what JSON cannot hold become `null`, so that the others keep their places. */
function copyList(list: readonly unknown[], path: string, copying: Copying): JsonValue {
  return Array.from(list, (item, index) => {
    const itemPath = `${path}.${index}`;
    return attempt(() => copyValue(item, itemPath, copying), itemPath, copying) ?? null;
  });
}

function copyError(error: Error, path: string, copying: Copying): JsonValue | undefined {
  if (++copying.errors > maxErrors) return unusable(path, copying);
  const { name, message, stack, cause, code, errors } = error as Error & { code?: unknown; errors?: unknown }; // Where Node and AggregateError put them.
  return copyMembers({ name, message, code, stack, cause, errors }, path, copying);
}

/** Bytes as base64, other numbers as a list. */
function copyBinary(value: ArrayBufferView | ArrayBuffer): JsonValue {
  if ("BYTES_PER_ELEMENT" in value && value.BYTES_PER_ELEMENT !== 1) {
    return Array.from(value as unknown as ArrayLike<number | bigint>, (item) =>
      Number.isFinite(item) ? (item as number) : String(item),
    ); // Every other view is a list of numbers.
  }
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value;
  const bytes = new Uint8Array(buffer, "byteOffset" in value ? value.byteOffset : 0, value.byteLength);
  // One byte more than fits marks the attribute as truncated.
  return btoa(
    Array.from(bytes.subarray(0, defaultLimits.createdEventMaxBytes), (byte) =>
      String.fromCharCode(byte),
    ).join(""),
  );
}

function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}
