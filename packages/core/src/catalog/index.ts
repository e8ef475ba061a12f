/** An application's own list of events: compile-time types, run-time checks, and documents made from it. */

export type {
  AnyCatalog,
  AttributesArgs,
  Catalog,
  Definitions,
  EventDefinition,
  NameOf,
  OpenCatalog,
  RecordArgs,
  TypeOf,
} from "./catalog-types.ts";
export type { CatalogOptions } from "./define-catalog.ts";
export { defineCatalog } from "./define-catalog.ts";
export type {
  JsonSchemaTarget,
  SchemaInput,
  StandardIssue,
  StandardResult,
  StandardSchema,
} from "./standard-schema.ts";
