import type { EventProblemCode } from "../errors/problem.ts";
import type { ActivityEvent, EventObject, JsonValue } from "../event/activity-event.ts";
import { createEvent } from "../event/create-event.ts";
import { eventLimits, maxIdChars, maxNameChars, maxTypeChars } from "../limits.ts";

/** An event that keeps every rule, as a plain object. */
export const validEvent: EventObject = {
  event_id: "V1StGXR8_Z5jdHi6B-myT.1",
  event_time: "2025-01-01T12:30:00.000Z",
  event_type: "behavioral",
  event_name: "login_start",
  method: "github",
};

/** The text of {@link validEvent}. */
export const validEventText: string = JSON.stringify(validEvent);

/** An event that breaks one rule and keeps all others. */
export interface InvalidEvent {
  /** What is wrong with it. */
  readonly name: string;
  readonly text: string;
  /** The one problem that a parse finds. */
  readonly code: EventProblemCode;
  /** Where it finds it; empty for the event as a whole. */
  readonly pointer: string;
}

/** One twin of {@link validEvent} for each rule of the envelope and for each limit. */
export const invalidEvents: readonly InvalidEvent[] = [
  ...fieldTwins("event_id", "missing_field", { "is missing": undefined }),
  ...fieldTwins("event_time", "missing_field", { "is missing": undefined }),
  ...fieldTwins("event_type", "missing_field", { "is missing": undefined }),
  ...fieldTwins("event_name", "missing_field", { "is missing": undefined }),
  ...fieldTwins("event_id", "bad_type", { "is a number": 1, "has a blank": "a b", "is not ASCII": "é" }),
  ...fieldTwins("event_time", "bad_type", { "is a number": 1_735_734_600_000 }),
  ...fieldTwins("event_type", "bad_type", { "is null": null }),
  ...fieldTwins("event_name", "bad_type", { "is a list": ["login_start"] }),
  ...fieldTwins("event_id", "empty", { "is empty": "" }),
  ...fieldTwins("event_time", "empty", { "is blank": " " }),
  ...fieldTwins("event_type", "empty", { "is blank": " \t" }),
  ...fieldTwins("event_name", "empty", { "has control characters only": "\u0000\u007f" }),
  ...fieldTwins("event_id", "too_long", { "is too long": "a".repeat(maxIdChars + 1) }),
  ...fieldTwins("event_type", "too_long", { "is too long": "a".repeat(maxTypeChars + 1) }),
  ...fieldTwins("event_name", "too_long", { "is too long": "a".repeat(maxNameChars + 1) }),
  ...fieldTwins("event_time", "bad_time", {
    "has no offset": "2025-01-01T12:30:00.000",
    "has no time": "2025-01-01",
    "is 30 February": "2025-02-30T12:30:00Z",
    "has hour 24": "2025-01-01T24:00:00Z",
    "has a leap second in the middle of an hour": "2025-01-01T12:30:60Z",
    "has something behind it": "2025-01-01T12:30:00Z ",
  }),
  ...fieldTwins("event_type", "bad_unicode", { "has half a surrogate pair": "behavioral\ud800" }),
  ...fieldTwins("event_name", "bad_unicode", { "has half a surrogate pair": "\udc00login_start" }),
  whole("is a list", "bad_type", "[]"),
  whole("is null", "bad_type", "null"),
  whole("is a text", "bad_type", '"login_start"'),
  whole("ends too soon", "bad_json", validEventText.slice(0, -1)),
  whole("has a field twice", "bad_json", `${validEventText.slice(0, -1)},"event_id":"other"}`),
  whole("has a bare surrogate in a value", "bad_unicode", withMember('"half":"\ud800"')),
  whole("has the key __proto__", "forbidden_key", withMember('"__proto__":{}')),
  whole("has the key constructor", "forbidden_key", withMember('"constructor":{}')),
  whole("has the key prototype", "forbidden_key", withMember('"prototype":{}')),
  whole("has one key too many", "too_many_keys", withKeys(eventLimits.maxKeys + 1)),
  whole("is one byte too large", "too_large", withBytes(eventLimits.maxBytes + 1)),
  whole("is nested one level too deep", "too_deep", withDepth(eventLimits.maxDepth + 1)),
];

/** Events that stand at a limit and keep it. */
export const largestEvents: readonly { readonly name: string; readonly text: string }[] = [
  { name: "has as many keys as may be", text: withKeys(eventLimits.maxKeys) },
  { name: "is as large as may be", text: withBytes(eventLimits.maxBytes) },
  { name: "is nested as deep as may be", text: withDepth(eventLimits.maxDepth) },
  { name: "has the longest id", text: textWith("event_id", "a".repeat(maxIdChars)) },
  { name: "has the longest type", text: textWith("event_type", "a".repeat(maxTypeChars)) },
  { name: "has the longest name", text: textWith("event_name", "a".repeat(maxNameChars)) },
];

/** What a {@link testEvent} may be told. */
export interface TestEventOptions {
  /** @defaultValue "behavioral" */
  readonly type?: string | undefined;
  /** @defaultValue "test" */
  readonly source?: string | undefined;
  /** Characters to fill it with. @defaultValue none */
  readonly fill?: string | undefined;
}

/** Event number `n` of a source: id `<source>.<n>`, name `event_<n>`. */
export function testEvent(n: number, options: TestEventOptions = {}): ActivityEvent {
  const { type = "behavioral", source = "test", fill } = options;
  return createEvent({
    type,
    name: `event_${n}`,
    id: `${source}.${n}`,
    time: validEvent.event_time,
    ...(fill === undefined ? {} : { attributes: { fill } }),
  });
}

/** Events `from` to `to`, both included. */
export function testEvents(from: number, to: number, options: TestEventOptions = {}): ActivityEvent[] {
  return Array.from({ length: to - from + 1 }, (_, index) => testEvent(from + index, options));
}

function fieldTwins(
  field: string,
  code: EventProblemCode,
  values: Readonly<Record<string, JsonValue | undefined>>,
): InvalidEvent[] {
  return Object.entries(values).map(([what, value]) => ({
    name: `${field} ${what}`,
    text: textWith(field, value),
    code,
    pointer: `/${field}`,
  }));
}

function whole(what: string, code: EventProblemCode, text: string): InvalidEvent {
  return { name: `the event ${what}`, text, code, pointer: "" };
}

function textWith(field: string, value: JsonValue | undefined): string {
  return JSON.stringify({ ...validEvent, [field]: value });
}

function withMember(member: string): string {
  return `${validEventText.slice(0, -1)},${member}}`;
}

function withKeys(keys: number): string {
  const more = keys - Object.keys(validEvent).length;
  return withMember(Array.from({ length: more }, (_, index) => `"key_${index}":1`).join(","));
}

function withBytes(bytes: number): string {
  return withMember(`"fill":"${"a".repeat(bytes - withMember('"fill":""').length)}"`);
}

/** The event itself is the first level. */
function withDepth(depth: number): string {
  return withMember(`"nested":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}`);
}
