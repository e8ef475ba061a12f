import { ActivityError } from "../errors/activity-error.ts";
import { checkField, quote } from "../event/check-envelope.ts";
import type { Catalog, Definitions } from "./catalog-types.ts";
import { checkEvent } from "./check-event.ts";

/** How strictly a catalog is meant. */
export interface CatalogOptions<O extends string = string> {
  /** Types whose names and attributes are free, except those that are defined. @defaultValue none */
  readonly open?: readonly O[] | undefined;
}

/**
 * Makes a catalog: the events that an application records, by type and name, each with a schema of its attributes
 * (any library that speaks Standard Schema) or `null` where it has none. Give it to a client, and what is not in it
 * becomes a compile error; see `docs/catalog.md`. Nothing is checked against the schemas here.
 *
 * @throws INVALID_OPTION when a type or name cannot be one, or a definition is neither a schema nor `null`.
 * @example
 * const catalog = defineCatalog(
 *   { behavioral: { login_start: v.object({ method: v.string() }), deploy_start: null } },
 *   { open: ["log"] },
 * );
 */
export function defineCatalog<const D extends Definitions, const O extends string = never>(
  definitions: D,
  options: CatalogOptions<O> = {},
): Catalog<D, O> {
  const frozen = freezeDefinitions(definitions);
  const open = Object.freeze([...(options.open ?? [])]);
  for (const type of open) refuseBadField("event_type", type, "open");
  return Object.freeze<Catalog<D, O>>({
    definitions: frozen,
    open,
    check: (type, name, attributes) => checkEvent({ definitions: frozen, open }, { type, name, attributes }),
  });
}

/** A copy, so that a later change of the object that was given does not change the catalog. */
function freezeDefinitions<D extends Definitions>(definitions: D): D {
  const types = Object.entries(definitions).map(([type, events]) => {
    refuseBadField("event_type", type, "definitions");
    if (typeof events !== "object" || events === null) throw badEvents(type, events);
    for (const [name, definition] of Object.entries(events)) {
      refuseBadField("event_name", name, `definitions of ${quote(type)}`);
      if (!isDefinition(definition)) throw badDefinition(type, name, definition);
    }
    return [type, Object.freeze({ ...events })] as const;
  });
  return Object.freeze(Object.fromEntries(types)) as D; // A copy of two levels, entry by entry.
}

function refuseBadField(field: "event_type" | "event_name", value: unknown, where: string): void {
  const problem = checkField(field, value);
  if (problem !== undefined)
    throw new ActivityError("INVALID_OPTION", `In ${where} of a catalog: ${problem.detail}`);
}

/** Some libraries' schemas are functions. */
function isDefinition(value: unknown): boolean {
  if (value === null) return true;
  if ((typeof value !== "object" && typeof value !== "function") || !("~standard" in value)) return false;
  const standard: unknown = value["~standard"];
  return (
    typeof standard === "object" &&
    standard !== null &&
    "validate" in standard &&
    typeof standard.validate === "function"
  );
}

function badEvents(type: string, events: unknown): ActivityError {
  return new ActivityError(
    "INVALID_OPTION",
    `The catalog defines ${type} as ${quote(events)}; it must be an object of names`,
  );
}

function badDefinition(type: string, name: string, definition: unknown): ActivityError {
  const allowed = "a Standard Schema, or null for an event without attributes";
  return new ActivityError(
    "INVALID_OPTION",
    `The catalog defines ${type} ${name} as ${typeof definition}; it must be ${allowed}`,
  );
}
