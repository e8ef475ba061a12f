import type { ActivityEvent, EventObject } from "@activity/core";

/**
 * What a record is keyed by: the name of a field or attribute (`"install_id"`), or a function. Events of one key keep
 * their order. Without a value an event has no key.
 */
export type KeyBy = string | ((event: EventObject) => string | undefined);

/** Finds the key of an event, as it enters and again when it is sent: only its text is kept between. */
export interface EventKey {
  ofEvent(event: ActivityEvent): string | null;
  ofObject(event: EventObject): string | null;
  /** Of the event's JSON as UTF-8. */
  ofBytes(bytes: Uint8Array): string | null;
}

const envelope = ["event_id", "event_time", "event_type", "event_name"] as const;
const noKey: EventKey = { ofEvent: () => null, ofObject: () => null, ofBytes: () => null };

export function createEventKey(keyBy: KeyBy | undefined): EventKey {
  if (keyBy === undefined) return noKey;
  const field = envelope.find((name) => name === keyBy);
  const ofObject = (event: EventObject): string | null =>
    toKey(typeof keyBy === "string" ? event[keyBy] : callSafely(keyBy, event));
  const ofBytes = (bytes: Uint8Array): string | null => ofObject(readEvent(bytes));
  return {
    ofEvent: (event) => (field === undefined ? ofObject(event.toJSON()) : event[field]),
    ofObject,
    ofBytes: field === "event_id" ? (bytes) => leadingId(bytes) ?? ofBytes(bytes) : ofBytes,
  };
}

/** Whatever stands in a batch was checked as an event when it entered. */
export function readEvent(bytes: Uint8Array): EventObject {
  return JSON.parse(bufferOver(bytes).toString()) as EventObject;
}

/** An id that the event begins with, as those do that are made here; read without the rest. */
function leadingId(event: Uint8Array): string | undefined {
  const bytes = bufferOver(event);
  if (!bytes.subarray(0, idStart.length).equals(idStart)) return undefined;
  const end = bytes.indexOf('"', idStart.length);
  const id = bytes.toString("latin1", idStart.length, end);
  // An escape would have to be read as JSON; ids have no letters beyond ASCII.
  return id.includes("\\") ? undefined : id;
}

const idStart = Buffer.from('{"event_id":"');

/** The same bytes with Node's methods. */
function bufferOver(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
