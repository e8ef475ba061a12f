import type { ActivityEvent, EventObject } from "@activity/core";

/**
 * What a record is keyed by: the name of a field or attribute (`"install_id"`, or `"event_id"` so that a repeat lands
 * beside the original), or a function. Events of one key keep their order. Without a value an event has no key.
 */
export type KeyBy = string | ((event: EventObject) => string | undefined);

/** Finds the key of an event, as it enters and again when it is sent: only its text is kept between. */
export interface EventKey {
  ofEvent(event: ActivityEvent): string | null;
  /** Of the event's JSON as UTF-8. */
  ofBytes(bytes: Uint8Array): string | null;
}

const decoder = new TextDecoder();
const envelope = ["event_id", "event_time", "event_type", "event_name"] as const;
const noKey: EventKey = { ofEvent: () => null, ofBytes: () => null };

export function createEventKey(keyBy: KeyBy | undefined): EventKey {
  if (keyBy === undefined) return noKey;
  const field = envelope.find((name) => name === keyBy);
  const ofObject = (event: EventObject): string | null =>
    toKey(typeof keyBy === "string" ? event[keyBy] : callSafely(keyBy, event));
  return {
    ofEvent: (event) => (field === undefined ? ofObject(event.toJSON()) : event[field]),
    // Whatever stands in a batch was checked as an event when it entered.
    ofBytes: (bytes) => ofObject(JSON.parse(decoder.decode(bytes)) as EventObject),
  };
}

function toKey(value: unknown): string | null {
  if (typeof value === "string" && value !== "") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

function callSafely(keyBy: (event: EventObject) => unknown, event: EventObject): unknown {
  try {
    return keyBy(event);
  } catch {
    return undefined; // Recording never throws; an event without a key still arrives.
  }
}
