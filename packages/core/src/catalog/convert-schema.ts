import { reservedKeys } from "../constants/attribute-keys.ts";
import { ActivityError } from "../errors/activity-error.ts";
import type { EventDefinition } from "./catalog-types.ts";
import type { JsonSchema } from "./json-schema.ts";
import { asSchema, namedSchemasOf } from "./json-schema.ts";
import type { JsonSchemaTarget, StandardSchema } from "./standard-schema.ts";

/** How the schemas of a catalog become JSON Schema. */
export interface ConvertOptions {
  /**
   * Converts a schema whose library does not speak Standard JSON Schema, such as `toJsonSchema` of
   * `@valibot/to-json-schema`. Takes whatever schemas the catalog holds.
   */
  readonly convert?: ((schema: never, target: JsonSchemaTarget) => object) | undefined;
}

/** One event of a catalog. */
export interface CatalogEvent {
  readonly type: string;
  readonly name: string;
  readonly definition: EventDefinition;
}

const target: JsonSchemaTarget = { target: "draft-2020-12" };

/**
 * The JSON Schema of an event's attributes, or `undefined` for an event without any.
 *
 * @throws INVALID_OPTION when the schema cannot be converted, or describes an attribute that no application sets.
 */
export function convertSchema(event: CatalogEvent, options: ConvertOptions): JsonSchema | undefined {
  if (event.definition === null) return undefined;
  const { $schema: _, ...schema } = asSchema(convert(event.definition, event, options));
  const reserved: readonly string[] = event.type === "metric" ? [...reservedKeys, "value"] : reservedKeys;
  const taken = namedSchemasOf(schema, "properties").find(([name]) => reserved.includes(name));
  if (taken)
    throw failure(event, `describes the attribute ${taken[0]}, which activity sets itself: take it out`);
  return schema;
}

function convert(
  schema: StandardSchema,
  event: CatalogEvent,
  { convert: convertIt }: ConvertOptions,
): object {
  const { jsonSchema, vendor } = schema["~standard"];
  if (jsonSchema === undefined && convertIt === undefined) {
    const hint = vendor === "valibot" ? ": toJsonSchema of @valibot/to-json-schema" : "";
    throw failure(event, `(${vendor}) does not offer JSON Schema: pass the option convert${hint}`);
  }
  try {
    return jsonSchema ? jsonSchema.input(target) : (convertIt?.(schema as never, target) ?? {}); // The converter that was given for these schemas.
  } catch (cause) {
    throw failure(
      event,
      `(${vendor}) could not be converted to JSON Schema: pass an option convert that can`,
      cause,
    );
  }
}

function failure({ type, name }: CatalogEvent, what: string, cause?: unknown): ActivityError {
  return new ActivityError(
    "INVALID_OPTION",
    `The schema of ${type} ${name} ${what}`,
    cause === undefined ? {} : { cause },
  );
}
