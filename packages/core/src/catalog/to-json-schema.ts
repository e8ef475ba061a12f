import { eventTypes } from "../constants/event-types.ts";
import { envelopeFields } from "../event/check-envelope.ts";
import { maxIdChars, maxNameChars } from "../limits.ts";
import type { AnyCatalog } from "./catalog-types.ts";
import type { CatalogEvent, ConvertOptions } from "./convert-schema.ts";
import { convertSchema } from "./convert-schema.ts";
import type { JsonSchema } from "./json-schema.ts";
import { asSchema, schemasOf, textsOf } from "./json-schema.ts";

/** Options of {@link toJsonSchema}. */
export interface JsonSchemaOptions extends ConvertOptions {
  /** Becomes `$id`: where the document is published. */
  readonly id?: string | undefined;
  /** Becomes `title`. */
  readonly title?: string | undefined;
}

/**
 * A JSON Schema (2020-12) of the events that a catalog allows, as they stand on the wire: `oneOf` the events defined
 * and the types left open, each with its four fields. An event may carry more attributes than its schema names,
 * since clients and contexts add theirs, so `additionalProperties` and the like are left out at the top level.
 *
 * @throws INVALID_OPTION when an event's schema cannot be converted; the message says which and what to pass.
 */
export function toJsonSchema(catalog: AnyCatalog, options: JsonSchemaOptions = {}): JsonSchema {
  const defined = Object.entries(catalog.definitions).flatMap(([type, events]) =>
    Object.entries(events).map(([name, definition]) => describeEvent({ type, name, definition }, options)),
  );
  const open = catalog.open.map((type) =>
    describeOpenType(type, Object.keys(catalog.definitions[type] ?? {})),
  );
  const branches: readonly unknown[] = [...defined, ...open];
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...(options.id !== undefined && { $id: options.id }),
    ...(options.title !== undefined && { title: options.title }),
    oneOf: branches.length > 0 ? branches : [false],
    $defs: {
      event_id: { type: "string", minLength: 1, maxLength: maxIdChars, pattern: "^[!-~]+$" },
      event_time: { type: "string", format: "date-time" },
    },
  };
}

function describeEvent(event: CatalogEvent, options: ConvertOptions): JsonSchema {
  const { type, name } = event;
  const { title: _, description, ...attributes } = allowMore(convertSchema(event, options) ?? {});
  const fields = {
    ...envelope(type, { const: name }),
    ...(type === eventTypes.metric && { value: metricValue }),
  };
  const head = {
    title: `${type} ${name}`,
    ...(description !== undefined && { description }),
    type: "object",
  };
  if (standsAlone(attributes)) {
    const required = [...new Set([...Object.keys(fields), ...textsOf(attributes, "required")])];
    return {
      ...head,
      ...attributes,
      type: "object",
      properties: { ...fields, ...asSchema(attributes["properties"]) },
      required,
    };
  }
  // References inside the schema are meant from its own root: `$id` makes it a document of its own.
  const embedded = { $id: `${encodeURIComponent(type)}/${encodeURIComponent(name)}`, ...attributes };
  return { ...head, properties: fields, required: Object.keys(fields), allOf: [embedded] };
}

function describeOpenType(type: string, definedNames: readonly string[]): JsonSchema {
  const name = {
    type: "string",
    minLength: 1,
    maxLength: maxNameChars,
    ...(definedNames.length > 0 && { not: { enum: definedNames } }),
  };
  return {
    title: `${type} (open)`,
    type: "object",
    properties: envelope(type, name),
    required: envelopeFields,
  };
}

function envelope(type: string, name: JsonSchema): Record<string, JsonSchema> {
  return {
    event_id: { $ref: "#/$defs/event_id" },
    event_time: { $ref: "#/$defs/event_time" },
    event_type: { const: type },
    event_name: name,
  };
}

/** JSON has no numbers for the last three; events carry them as text. */
const metricValue: JsonSchema = { anyOf: [{ type: "number" }, { enum: ["NaN", "Infinity", "-Infinity"] }] };

const closingKeywords: ReadonlySet<string> = new Set([
  "additionalProperties",
  "unevaluatedProperties",
  "propertyNames",
  "maxProperties",
]);

/** Takes off what would refuse attributes added by clients and contexts, also from the parts of a combination. */
function allowMore(schema: JsonSchema): JsonSchema {
  const kept = Object.fromEntries(
    Object.entries(schema).filter(([keyword]) => !closingKeywords.has(keyword)),
  );
  for (const combination of ["allOf", "anyOf", "oneOf"]) {
    if (combination in kept) kept[combination] = schemasOf(schema, combination).map(allowMore);
  }
  const { oneOf, ...rest } = kept;
  // Parts that allow more may allow the same: what fitted one of them can fit two now.
  return JSON.stringify(oneOf) === JSON.stringify(schema["oneOf"])
    ? kept
    : { ...rest, allOf: [...schemasOf(rest, "allOf"), { anyOf: oneOf }] };
}

function standsAlone(schema: JsonSchema): boolean {
  return !("$id" in schema) && !/"\$(?:ref|dynamicRef|defs)":/.test(JSON.stringify(schema));
}
