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
export { checkMarkdown } from "./check-markdown.ts";
export type { ConvertOptions } from "./convert-schema.ts";
export type { CatalogOptions } from "./define-catalog.ts";
export { defineCatalog } from "./define-catalog.ts";
export type { JsonSchema } from "./json-schema.ts";
export type {
  JsonSchemaTarget,
  SchemaInput,
  StandardIssue,
  StandardResult,
  StandardSchema,
} from "./standard-schema.ts";
export type { JsonSchemaOptions } from "./to-json-schema.ts";
export { toJsonSchema } from "./to-json-schema.ts";
export type { MarkdownOptions } from "./to-markdown.ts";
export { toMarkdown } from "./to-markdown.ts";
