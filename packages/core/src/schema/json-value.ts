/**
 * Whether a value is what JSON can hold, nested at most so deep and without the key `__proto__`. Members of
 * objects may be `undefined`: they are absent.
 */
export function isJsonValue(value: unknown, maxDepth: number): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value);
    case "object":
      if (value === null) return true;
      return maxDepth > 0 && (Array.isArray(value) ? isList(value, maxDepth) : isRecord(value, maxDepth));
    default:
      return false;
  }
}

/** Bytes of a text as UTF-8. */
export function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}

function isList(list: readonly unknown[], maxDepth: number): boolean {
  const whole = Object.keys(list).length === list.length; // No holes, and nothing beside the items.
  return whole && list.every((item) => isJsonValue(item, maxDepth - 1));
}

function isRecord(record: object, maxDepth: number): boolean {
  const prototype: unknown = Object.getPrototypeOf(record);
  // Of a plain object of any realm, the prototype is the last.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return false;
  return Object.entries(record).every(
    ([key, member]) => key !== "__proto__" && (member === undefined || isJsonValue(member, maxDepth - 1)),
  );
}
