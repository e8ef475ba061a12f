import type { EventProblem, EventProblemCode } from "../errors/problem.ts";
import type { EventLimits } from "../limits.ts";
import { eventLimits } from "../limits.ts";
import type { ActivityEvent, Envelope } from "./activity-event.ts";
import { brandEvent, isEvent } from "./activity-event.ts";
import { checkFields } from "./check-envelope.ts";
import { findUnsafeValue } from "./find-unsafe-value.ts";
import { nestsDeeper } from "./nests-deeper.ts";
import { repeatsEnvelopeField } from "./repeated-fields.ts";
import { surelyFits } from "./shorten-event.ts";
import { utf8Bytes } from "./utf8.ts";
import { isWellFormed } from "./well-formed.ts";

/** An event, or everything that is wrong with it. */
export type ParsedEvent =
  | { readonly event: ActivityEvent; readonly problems?: undefined }
  | { readonly event?: undefined; readonly problems: readonly EventProblem[] };

/**
 * Checks a value that came from JSON. Never throws, whatever the value does.
 *
 * Accepts what JSON can hold and nothing else: `createEvent` is what converts.
 */
export function parseEvent(value: unknown, limits: EventLimits = eventLimits): ParsedEvent {
  try {
    if (isEvent(value)) return { event: value };
    const problems = checkObject(value);
    if (problems.length > 0) return { problems };
    const unsafe = findUnsafeValue(value, limits.maxDepth, { values: limits.maxBytes });
    // The text is what counts: a getter may answer differently each time it is asked.
    return unsafe ? refuse(unsafe) : parseEventText(JSON.stringify(value), limits);
  } catch {
    return refuse("bad_json"); // A getter, a proxy or toJSON threw.
  }
}

/**
 * Checks the text of one event and keeps it: key order, number spelling and unknown members arrive as
 * sent. Only line ends between tokens become blanks, so that an event is one line.
 */
export function parseEventText(text: string, limits: EventLimits = eventLimits): ParsedEvent {
  // Before anything is built: a deep nest costs thirty times its bytes to build.
  if (nestsDeeper(text, limits.maxDepth)) return refuse("too_deep");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse("bad_json");
  }
  const problems = checkObject(value);
  if (problems.length > 0) return { problems };
  const fields = value as Envelope & object; // Checked just now.
  const code = checkText(text, fields, limits);
  if (code) return refuse(code);
  // Control characters cannot stand inside a JSON string, so these are between tokens.
  const line = text.indexOf("\n") < 0 && text.indexOf("\r") < 0 ? text : text.replace(/[\r\n]+/g, " ");
  const { event_id, event_time, event_type, event_name } = fields;
  return { event: brandEvent(line, event_id, event_time, event_type, event_name) };
}

function checkObject(value: unknown): readonly EventProblem[] {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return checkFields(value);
  return refuse("bad_type").problems;
}

function checkText(text: string, value: object, limits: EventLimits): EventProblemCode | undefined {
  if (!surelyFits(text.length, limits.maxBytes) && utf8Bytes(text) > limits.maxBytes) return "too_large";
  if (!isWellFormed(text)) return "bad_unicode";
  if (Object.keys(value).length > limits.maxKeys) return "too_many_keys";
  if (["constructor", "prototype"].some((key) => Object.hasOwn(value, key))) return "forbidden_key";
  return (
    findUnsafeValue(value, limits.maxDepth, { values: limits.maxBytes }) ??
    (repeatsEnvelopeField(text) ? "bad_json" : undefined)
  );
}

const allowed: Readonly<Partial<Record<EventProblemCode, string>>> = {
  bad_type: "an object",
  bad_json: "one JSON object with each field once",
  too_large: "fewer bytes",
  too_many_keys: "fewer keys",
  too_deep: "less nested",
  forbidden_key: "without __proto__, constructor and prototype",
};

function refuse(code: EventProblemCode): { readonly problems: readonly EventProblem[] } {
  return {
    problems: [{ code, pointer: "", detail: `the event must be ${allowed[code] ?? "well-formed Unicode"}` }],
  };
}
