import type { Attributes } from "../event/activity-event.ts";
import { encodeCarefully, forbiddenKeys } from "../event/encode-carefully.ts";
import { finishAttributes } from "../event/encode-event.ts";
import { encodeQuickly } from "../event/encode-quickly.ts";
import { isPlain } from "../event/find-unsafe-value.ts";
import { parseMembers } from "../event/parse-members.ts";
import { createdEventMaxAttributes, createdEventMaxBytes } from "../limits.ts";
import { HeadCache } from "./head-cache.ts";

/** The attributes that a client puts on every event, encoded once. */
export interface AttributeLayer {
  readonly attributes: Attributes;
  /** The marks of what was left out; empty for nothing. */
  readonly marks: string;
  readonly heads: HeadCache;
  /** Keys that a call cannot add without a decision: the layer's own and the forbidden ones. */
  readonly taken: ReadonlySet<string>;
  /** Attributes that still fit on the event. */
  readonly room: number;
}

/** Lays attributes over each other and encodes them. */
export function layerAttributes(...layers: readonly (Attributes | undefined)[]): AttributeLayer {
  const { text, ...flaws } = encodeCarefully(layers);
  const attributes = parseMembers(text);
  const keys = Object.keys(attributes);
  const taken = new Set([...forbiddenKeys, ...keys]);
  return {
    attributes,
    marks: finishAttributes({ ...flaws, text: "" }, "", createdEventMaxBytes),
    heads: new HeadCache(text),
    taken,
    room: createdEventMaxAttributes - keys.length,
  };
}

/**
 * What follows a layer's head: a call's members, if any, and the closing brace, or `undefined` when
 * only the careful way can tell. Later attributes win over earlier ones.
 */
export function encodeRest(
  layer: AttributeLayer,
  dynamic: readonly (Attributes | undefined)[],
): string | undefined {
  const call = (dynamic.length === 1 && dynamic[0]) || mergeQuickly(dynamic);
  return call && encodeQuickly(call, layer.taken, layer.room);
}

/** One object for all; `undefined` where one is a Map or its like, or throws when read: the careful way knows. */
function mergeQuickly(dynamic: readonly (Attributes | undefined)[]): Attributes | undefined {
  try {
    // A key `__proto__` would become the prototype, or nothing at all.
    return dynamic.every(
      (attributes) => !attributes || (isPlain(attributes) && !Object.hasOwn(attributes, "__proto__")),
    )
      ? (Object.assign({}, ...dynamic) as Attributes) // Of attributes only.
      : undefined;
  } catch {
    return undefined;
  }
}
