/** A schema of JSON Schema 2020-12, as far as it is read here. Schemas that are `true` or `false` are read as `{}`. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Whatever stands where a schema may stand. */
export function asSchema(value: unknown): JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonSchema) : {}; // Just looked at.
}

/** The schemas of a keyword that takes a list of them, such as `anyOf`. */
export function schemasOf(schema: JsonSchema, keyword: string): readonly JsonSchema[] {
  const list = schema[keyword];
  return Array.isArray(list) ? list.map(asSchema) : [];
}

/** The schemas of a keyword that takes an object of them, such as `properties`. */
export function namedSchemasOf(
  schema: JsonSchema,
  keyword: string,
): readonly (readonly [string, JsonSchema])[] {
  return Object.entries(asSchema(schema[keyword])).map(([name, value]) => [name, asSchema(value)]);
}

/** The texts of a keyword that takes a list of them, such as `required`. */
export function textsOf(schema: JsonSchema, keyword: string): readonly string[] {
  const list = schema[keyword];
  return Array.isArray(list) ? list.filter((item) => typeof item === "string") : [];
}

/** A schema, or what its `$ref` to a place in the same document names; `{}` when that is not there. */
export function resolveReference(schema: JsonSchema, document: JsonSchema): JsonSchema {
  const reference = schema["$ref"];
  if (typeof reference !== "string") return schema;
  if (!reference.startsWith("#")) return {};
  let found: unknown = document;
  for (const part of reference.split("/").slice(1)) {
    const key = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
    found = Object.hasOwn(asSchema(found), key) ? asSchema(found)[key] : undefined;
  }
  return asSchema(found);
}
