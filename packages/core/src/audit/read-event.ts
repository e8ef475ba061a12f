import { isEvent } from "../event/activity-event.ts";

/** An event as it lies in a final store: an object, its JSON text, or the bytes of that text in UTF-8. */
export type StoredEvent = string | Uint8Array | { readonly event_id?: unknown };

/** An event as an audit needs it. */
export interface IdentifiedEvent {
  readonly event_id: string;
  readonly [field: string]: unknown;
}

// Made when bytes come: jsdom has none.
let decoder: InstanceType<typeof TextDecoder> | undefined;

/** What was stored, as an object; `undefined` for what is no event. */
export function readEvent(stored: unknown): IdentifiedEvent | undefined {
  try {
    const event = decode(stored);
    const isIdentified =
      typeof event === "object" &&
      event !== null &&
      "event_id" in event &&
      typeof event.event_id === "string";
    return isIdentified ? (event as IdentifiedEvent) : undefined; // As was just seen.
  } catch {
    return undefined; // No UTF-8, no JSON, or an object that cannot be read.
  }
}

function decode(stored: unknown): unknown {
  if (typeof stored === "string") return JSON.parse(stored);
  // Not by its class: bytes may come from another realm.
  if (ArrayBuffer.isView(stored)) {
    decoder ??= new TextDecoder("utf-8", { fatal: true });
    return JSON.parse(decoder.decode(stored as Uint8Array));
  }
  return isEvent(stored) ? stored.toJSON() : stored;
}
