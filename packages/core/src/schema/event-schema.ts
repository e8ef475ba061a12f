import * as v from "valibot";
import type { EventObject, JsonValue } from "../event/activity-event.ts";
import { eventLimits, maxIdChars, maxNameChars, maxTypeChars } from "../limits.ts";
import { isJsonValue, utf8Length } from "./json-value.ts";
import { timeSchema } from "./time-schema.ts";

/** White space, C0 and C1 control characters and DEL, and nothing else. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const blank = /^[\s\x00-\x1f\x7f-\x9f]*$/;

const forbiddenAtTop: readonly string[] = ["constructor", "prototype"];

/**
 * The definition of an event, as it stands on the wire, for values that came from JSON. `parseEvent` of the main
 * entry is the fast hand check of the same rules; a property test holds the two together. Members that are
 * `undefined` count as absent. Issues name fields and limits, never a value.
 *
 * @example
 * const result = v.safeParse(eventSchema, JSON.parse(line));
 */
export const eventSchema: v.GenericSchema<unknown, EventObject> = v.pipe(
  v.custom<object>(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    "the event must be an object",
  ),
  v.check(
    (event) => isJsonValue(event, eventLimits.maxDepth),
    `the event must be JSON, nested at most ${eventLimits.maxDepth} deep, without the key __proto__`,
  ),
  v.check((event) => keysOf(event).length <= eventLimits.maxKeys, `at most ${eventLimits.maxKeys} keys`),
  v.check(
    (event) => !forbiddenAtTop.some((key) => keysOf(event).includes(key)),
    "the keys constructor and prototype are forbidden",
  ),
  // The fields must be the event's own: what a prototype has is not on the wire.
  v.transform((event) => Object.fromEntries(keysOf(event).map((key) => [key, Reflect.get(event, key)]))),
  v.check(
    (event) => utf8Length(JSON.stringify(event)) <= eventLimits.maxBytes,
    `at most ${eventLimits.maxBytes} bytes of UTF-8`,
  ),
  v.objectWithRest(
    {
      event_id: v.pipe(
        v.string("event_id must be a text"),
        v.regex(/^[!-~]*$/, "event_id must be of visible ASCII characters"),
        v.minLength(1, "event_id must not be empty"),
        v.maxLength(maxIdChars, `event_id must have at most ${maxIdChars} characters`),
      ),
      event_time: timeSchema,
      event_type: text("event_type", maxTypeChars),
      event_name: text("event_name", maxNameChars),
    },
    v.custom<JsonValue>(() => true), // Looked at above, as a whole.
  ),
);

/** What {@link eventSchema} gives: the four fields and whatever else the event has. */
export type EventOutput = v.InferOutput<typeof eventSchema>;

function text(field: string, maxChars: number): v.GenericSchema<unknown, string> {
  return v.pipe(
    v.string(`${field} must be a text`),
    v.check((value) => !blank.test(value), `${field} must not be blank`),
    v.maxLength(maxChars, `${field} must have at most ${maxChars} characters`),
    v.check((value) => !/\p{Surrogate}/u.test(value), `${field} must not have half of a surrogate pair`),
  );
}

/** The keys that stand on the wire. */
function keysOf(event: object): string[] {
  return Object.entries(event).flatMap(([key, value]) => (value === undefined ? [] : [key]));
}
