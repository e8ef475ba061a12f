import type { JsonObject } from "./activity-event.ts";

/** The attributes that were encoded as members with a comma before each. */
export function parseMembers(text: string): JsonObject {
  return JSON.parse(`{${text.slice(1)}}`) as JsonObject; // It was encoded from one.
}
