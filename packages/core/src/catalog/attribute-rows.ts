import { describeType } from "./describe-type.ts";
import type { JsonSchema } from "./json-schema.ts";
import { asSchema, namedSchemasOf, resolveReference, schemasOf, textsOf } from "./json-schema.ts";

/** One attribute of an event, for a table. */
export interface AttributeRow {
  /** Also of nested ones: `order.items[].price`. */
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
}

/** Where reading a document has come to: `within` are the schemas that hold the one being read. */
interface Place {
  readonly document: JsonSchema;
  readonly within: readonly JsonSchema[];
}

interface Field {
  readonly schemas: readonly JsonSchema[];
  readonly required: boolean;
}

/** The attributes that a JSON Schema describes, nested ones after the one that holds them. */
export function attributeRows(document: JsonSchema): readonly AttributeRow[] {
  return rowsOf(document, "", { document, within: [] });
}

function rowsOf(schema: JsonSchema, prefix: string, place: Place): AttributeRow[] {
  return [...fieldsOf(schema, place)].flatMap(([key, { schemas, required }]) => {
    const name = `${prefix}${key}`;
    const type = [...new Set(schemas.map((each) => describeType(each, place.document)))].join(" or ");
    const description = schemas.map((each) => each["description"]).find((text) => typeof text === "string");
    const inside = { ...place, within: [...place.within, resolveReference(schema, place.document)] };
    const nested = schemas.flatMap((each) => nestedRows(each, name, inside));
    return [{ name, type, required, description: description ?? "" }, ...nested];
  });
}

function nestedRows(schema: JsonSchema, name: string, place: Place): AttributeRow[] {
  const { items } = resolveReference(schema, place.document);
  return [...rowsOf(schema, `${name}.`, place), ...rowsOf(asSchema(items), `${name}[].`, place)];
}

/** Those of a schema and of its combinations: of alternatives, only what all of them require is required. */
function fieldsOf(schema: JsonSchema, place: Place): ReadonlyMap<string, Field> {
  const resolved = resolveReference(schema, place.document);
  if (place.within.includes(resolved)) return new Map(); // A schema that contains itself is told once.
  const inside = { ...place, within: [...place.within, resolved] };
  const partsOf = (keyword: string): ReadonlyMap<string, Field>[] =>
    schemasOf(resolved, keyword).map((part) => fieldsOf(part, inside));
  const all = [ownFields(resolved), ...partsOf("allOf"), unite(partsOf("anyOf")), unite(partsOf("oneOf"))];
  return merge(all, (fields) => fields.some(({ required }) => required));
}

function ownFields(schema: JsonSchema): ReadonlyMap<string, Field> {
  const required = textsOf(schema, "required");
  return new Map(
    namedSchemasOf(schema, "properties").map(([name, each]) => [
      name,
      { schemas: [each], required: required.includes(name) },
    ]),
  );
}

function unite(alternatives: readonly ReadonlyMap<string, Field>[]): ReadonlyMap<string, Field> {
  return merge(
    alternatives,
    (fields) => fields.length === alternatives.length && fields.every(({ required }) => required),
  );
}

function merge(
  parts: readonly ReadonlyMap<string, Field>[],
  isRequired: (fields: readonly Field[]) => boolean,
): ReadonlyMap<string, Field> {
  const names = new Set(parts.flatMap((part) => [...part.keys()]));
  return new Map(
    [...names].map((name) => {
      const fields = parts.map((part) => part.get(name)).filter((field) => field !== undefined);
      return [name, { schemas: fields.flatMap(({ schemas }) => schemas), required: isRequired(fields) }];
    }),
  );
}
