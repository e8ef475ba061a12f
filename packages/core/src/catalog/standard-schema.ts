/**
 * What a catalog needs of a schema: the part of Standard Schema 1 (https://standardschema.dev) that checks a value,
 * declared here so that these types stand alone. Schemas of valibot, zod, arktype and others fit as they are.
 */
export interface StandardSchema<Input = unknown> {
  readonly "~standard": {
    readonly version: 1;
    /** Name of the library that made the schema. */
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult | Promise<StandardResult>;
    /** For the compiler only. */
    readonly types?: { readonly input: Input; readonly output: unknown } | undefined;
    /** Standard JSON Schema: how the schema describes itself, where its library offers that. */
    readonly jsonSchema?: {
      readonly input: (options: JsonSchemaTarget) => Record<string, unknown>;
    };
  };
}

/** What a check found: no `issues` means that the value fits. */
export interface StandardResult {
  readonly issues?: readonly StandardIssue[] | undefined;
}

/** One thing that does not fit. `message` may quote the value, so it is never passed on. */
export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The dialect that a converter is asked for. */
export interface JsonSchemaTarget {
  readonly target: "draft-2020-12";
}

/** The type that a schema accepts. */
export type SchemaInput<S extends StandardSchema> = NonNullable<S["~standard"]["types"]>["input"];
