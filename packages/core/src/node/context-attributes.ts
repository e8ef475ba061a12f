import type { Attributes } from "../event/activity-event.ts";
import { contextStore, currentFrame } from "./context-store.ts";
import { activeTraceIds } from "./trace-context.ts";

/**
 * Runs a function in a new async context with these attributes over those of the context around it. Everything it
 * starts sees them: callbacks, timers, promises. Returns what the function returns and throws what it throws.
 *
 * @example
 * app.use((request, response, next) => runWithAttributes({ request_id: request.id }, next));
 */
export function runWithAttributes<Result>(attributes: Attributes, run: () => Result): Result {
  const store = contextStore();
  return store.run({ attributes: merge(store.getStore()?.attributes, attributes) }, run);
}

/**
 * Adds attributes to the current async context, for the rest of the nearest `runWithAttributes` and all that it has
 * started, but not for those around it. Runs nested in it see them when they start later.
 *
 * @returns `false` when there is no context, and nothing was done.
 */
export function addAttributes(attributes: Attributes): boolean {
  const frame = currentFrame();
  if (frame === undefined) return false;
  frame.attributes = merge(frame.attributes, attributes);
  return true;
}

/**
 * The attributes of the current async context, and `trace_id` and `span_id` when OpenTelemetry's API has an active
 * span and the context has neither; `undefined` when there is nothing. Never throws. What the client of this entry
 * adds to every event.
 */
export function contextAttributes(): Attributes | undefined {
  const attributes = currentFrame()?.attributes;
  if (attributes && ("trace_id" in attributes || "span_id" in attributes)) return attributes;
  const ids = activeTraceIds();
  return ids === undefined ? attributes : merge(attributes, { ...ids });
}

/**
 * Both, the added ones over the others. A getter that throws is kept as it is, so that the encoder names that attribute
 * on the event; attributes that cannot even be listed, such as a revoked proxy, are left out.
 */
function merge(attributes: Attributes | undefined, added: Attributes): Attributes {
  try {
    return { ...attributes, ...added };
  } catch {
    return mergeProperties(attributes ?? {}, added); // One of them has a getter that throws.
  }
}

function mergeProperties(attributes: Attributes, added: Attributes): Attributes {
  const own = Object.getOwnPropertyDescriptors(attributes);
  try {
    return Object.defineProperties({}, { ...own, ...Object.getOwnPropertyDescriptors(added) });
  } catch {
    return attributes; // Added attributes that cannot be listed.
  }
}
