import type { EventProblem } from "../errors/problem.ts";
import type { Definitions, EventDefinition } from "./catalog-types.ts";
import { checkAttributes } from "./check-attributes.ts";
import type { EventToCheck, Rules } from "./event-to-check.ts";
import { unknownName, unknownType } from "./unknown-event.ts";

/** What keeps an event from fitting a catalog; empty when it fits. Never throws. */
export function checkEvent(rules: Rules, event: EventToCheck): readonly EventProblem[] {
  const events = own(rules.definitions, event.type);
  const definition = events && own(events, event.name);
  if (definition !== undefined) return checkAttributes(definition, event);
  if (rules.open.includes(event.type)) return [];
  return [events === undefined ? unknownType(rules, event) : unknownName(rules, event, events)];
}

/** A value by its own key: `constructor` and its like are no types. */
export function own<V extends EventDefinition | Definitions[string]>(
  object: Readonly<Record<string, V>>,
  key: string,
): V | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
