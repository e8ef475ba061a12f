import type { JsonSchema } from "./json-schema.ts";
import { asSchema, resolveReference, schemasOf, textsOf } from "./json-schema.ts";

/** Types inside types are named to this depth; it also ends schemas that contain themselves. */
const maxDepth = 4;

/** A JSON Schema's type in few words, as Markdown: `string (date-time)`, `"a" or "b"`, `array of number`. */
export function describeType(schema: JsonSchema, document: JsonSchema, depth = 0): string {
  if (depth > maxDepth) return "any";
  const resolved = resolveReference(schema, document);
  const describe = (part: JsonSchema): string => describeType(part, document, depth + 1);
  if ("const" in resolved) return literal(resolved["const"]);
  if (Array.isArray(resolved["enum"])) return either(resolved["enum"].map(literal));
  const alternatives = [...schemasOf(resolved, "anyOf"), ...schemasOf(resolved, "oneOf")];
  if (alternatives.length > 0) return either(alternatives.map(describe));
  const items = asSchema(resolved["items"]);
  const types = typesOf(resolved).map((type) => {
    if (type === "array" && Object.keys(items).length > 0) return `array of ${describe(items)}`;
    return type === "string" && typeof resolved["format"] === "string"
      ? `string (${resolved["format"]})`
      : type;
  });
  return types.length > 0 ? either(types) : "any";
}

function typesOf(schema: JsonSchema): readonly string[] {
  const type = schema["type"];
  return typeof type === "string" ? [type] : textsOf(schema, "type");
}

function literal(value: unknown): string {
  return `\`${JSON.stringify(value).replaceAll("`", "'")}\``;
}

function either(types: readonly string[]): string {
  return [...new Set(types)].join(" or ");
}
