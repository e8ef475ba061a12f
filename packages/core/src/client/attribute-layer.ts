import type { Attributes, JsonValue } from "../event/activity-event.ts";
import { copyAttributes } from "../event/copy-attributes.ts";
import type { EncodedAttributes } from "../event/encode-attributes.ts";
import { encodeCarefully, encodeQuickly } from "../event/encode-attributes.ts";
import { defaultLimits } from "../limits.ts";

/** The attributes that a client puts on every event, encoded once. */
export interface AttributeLayer {
  readonly attributes: Readonly<Record<string, JsonValue>>;
  readonly keys: readonly string[];
  /** Members with a comma before each. */
  readonly text: string;
  /** Paths of what could not be encoded. */
  readonly problems: readonly string[];
}

const maxKeys = defaultLimits.createdEventMaxAttributes;

/** Lays attributes over a parent's and encodes them. */
export function layerAttributes(...layers: readonly (Attributes | undefined)[]): AttributeLayer {
  const { attributes, problems } = copyAttributes(layers, maxKeys);
  const { text } = encodeCarefully([attributes]);
  return { attributes, keys: Object.keys(attributes), text, problems };
}

/** Encodes a call's attributes over a client's; `dynamic` is in order, later ones win. Never throws. */
export function encodeOver(
  layer: AttributeLayer,
  dynamic: readonly (Attributes | undefined)[],
): EncodedAttributes {
  const call = mergeQuickly(dynamic);
  const text = call === undefined ? undefined : encodeQuickly(call, maxKeys - layer.keys.length);
  // What could be encoded can also be asked for its keys.
  if (call === undefined || text === undefined || layer.keys.some((key) => Object.hasOwn(call, key))) {
    return encodeCarefully([layer.attributes, ...dynamic]);
  }
  return { text: layer.text + text, problems: none, omitted: 0 };
}

const none: readonly string[] = [];
const noAttributes: Attributes = {};

/** One object for all, made only where there are several; `undefined` where reading one throws. */
function mergeQuickly(dynamic: readonly (Attributes | undefined)[]): Attributes | undefined {
  let merged: Attributes = noAttributes;
  try {
    for (const attributes of dynamic) {
      if (attributes !== undefined)
        merged = merged === noAttributes ? attributes : { ...merged, ...attributes };
    }
    return merged;
  } catch {
    return undefined; // A getter threw; the careful way names it.
  }
}

/** The layer of a client without attributes. */
export const noLayer: AttributeLayer = { attributes: {}, keys: none, text: "", problems: none };
