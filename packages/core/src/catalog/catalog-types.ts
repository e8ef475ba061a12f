import type { KnownEventType } from "../constants/event-types.ts";
import type { EventProblem } from "../errors/problem.ts";
import type { Attributes } from "../event/activity-event.ts";
import type { SchemaInput, StandardSchema } from "./standard-schema.ts";

/** The schema of an event's attributes, or `null` for an event without any. */
export type EventDefinition = StandardSchema<object> | null;

/** Event types, each with the names and attributes of its events. */
export interface Definitions {
  readonly [type: string]: { readonly [name: string]: EventDefinition };
}

/** An application's own list of events. `defineCatalog` makes one. */
export interface Catalog<D extends Definitions = Definitions, O extends string = string> {
  readonly definitions: D;
  /** Types for which names and attributes that the catalog does not define are allowed too. */
  readonly open: readonly O[];
  /**
   * What keeps an event from fitting the catalog, at most 32 problems; empty when it fits. Never throws.
   *
   * @param attributes those of the call alone. What a client or a context adds is no business of the catalog, nor
   * is the `value` of a metric.
   */
  check(type: string, name: string, attributes?: Attributes): readonly EventProblem[];
}

/** Any catalog: the bound for type parameters. */
export type AnyCatalog = Catalog;

/** The catalog of a client without one: every type, name and attribute is allowed. */
export type OpenCatalog = Catalog<Record<never, never>, string>;

/** The event types that a client may record. */
export type TypeOf<C extends AnyCatalog> =
  | DefinedType<C>
  | (string extends OpenType<C> ? KnownEventType | AnyText : OpenType<C>);

/** The names of the events of a type; for a union of types the names that all of them have. */
export type NameOf<C extends AnyCatalog, T extends string> = Extract<
  EveryOf<T extends string ? { names: NameOfOne<C, T> } : never>,
  { names: string }
>["names"];

/**
 * What follows type and name, as a rest parameter: nothing for an event without attributes, required when an
 * attribute is, else optional. For a union of types or names, what fits every one of them.
 */
export type AttributesArgs<C extends AnyCatalog, T extends string, N extends string> = ArgsFor<
  C,
  T,
  N,
  unknown
>;

/** As {@link AttributesArgs}, for `record`: an event of the catalog's `metric` type needs its `value` too. */
export type RecordArgs<C extends AnyCatalog, T extends string, N extends string> = ArgsFor<
  C,
  T,
  N,
  T extends "metric" ? { readonly value: number } : unknown
>;

/** Free text that does not swallow the literals beside it, so that editors still offer those. */
type AnyText = string & {};

type DefinedType<C extends AnyCatalog> = keyof C["definitions"] & string;
type OpenType<C extends AnyCatalog> = C["open"][number];

type NameOfOne<C extends AnyCatalog, T extends string> =
  | (T extends DefinedType<C> ? keyof C["definitions"][T] & string : never)
  | (T extends OpenType<C> ? AnyText : never);

type ArgsFor<C extends AnyCatalog, T extends string, N extends string, Also> = Extract<
  EveryOf<T extends string ? (N extends string ? ArgsOfOne<C, T, N, Also> : never) : never>,
  readonly unknown[]
>;

type ArgsOfOne<C extends AnyCatalog, T extends string, N extends string, Also> =
  T extends DefinedType<C>
    ? N extends keyof C["definitions"][T]
      ? ArgsOfDefinition<C["definitions"][T][N], Also>
      : [attributes?: Attributes]
    : [attributes?: Attributes];

type ArgsOfDefinition<S, Also> = S extends StandardSchema
  ? ArgsOfInput<unknown extends SchemaInput<S> ? Attributes & Also : SchemaInput<S> & Also>
  : unknown extends Also
    ? []
    : [attributes: Also];

type ArgsOfInput<Input> = Record<never, never> extends Input ? [attributes?: Input] : [attributes: Input];

/** The intersection of a union's members. */
type EveryOf<Union> = (Union extends unknown ? (member: Union) => void : never) extends (
  every: infer Every,
) => void
  ? Every
  : never;
