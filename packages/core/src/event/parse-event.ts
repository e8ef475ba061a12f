import type { EventProblem, EventProblemCode } from "../errors/problem.ts";
import type { EventLimits } from "../limits.ts";
import { defaultLimits } from "../limits.ts";
import { systemClock } from "../clock.ts";
import type { ActivityEvent, Envelope } from "./activity-event.ts";
import { brandEvent, isEvent } from "./activity-event.ts";
import { checkEnvelope, quote } from "./check-envelope.ts";
import { eventTimeMs } from "./event-time.ts";
import { findUnsafeValue } from "./find-unsafe-value.ts";
import { repeatsEnvelopeField } from "./repeated-fields.ts";
import { surelyFits, utf8Bytes } from "./shorten-event.ts";

/** An event, or everything that is wrong with it. */
export type ParsedEvent =
  | { readonly event: ActivityEvent; readonly problems?: undefined }
  | { readonly event?: undefined; readonly problems: readonly EventProblem[] };

/** Limits that differ from {@link defaultLimits}`.event`. */
export interface ParseOptions extends Partial<EventLimits> {
  /** What time it is, for `maxFutureMs`. @defaultValue the system clock */
  readonly now?: (() => number) | undefined;
}

/**
 * Checks a value that came from JSON. Never throws, whatever the value does.
 *
 * Accepts what JSON can hold and nothing else: `createEvent` is what converts.
 */
export function parseEvent(value: unknown, options: ParseOptions = {}): ParsedEvent {
  if (isEvent(value)) return { event: value };
  try {
    const problems = typeof value === "object" && value !== null ? checkEnvelope(value) : [];
    if (problems.length > 0) return { problems };
    const unsafe = findUnsafeValue(value, options.maxDepth ?? defaultLimits.event.maxDepth);
    // The text is what counts: a getter may answer differently each time it is asked.
    return unsafe === undefined ? parseEventText(JSON.stringify(value), options) : { problems: [unsafe] };
  } catch {
    return refuse("bad_json", "the value cannot be read: a getter, proxy or toJSON of it throws");
  }
}

/**
 * Checks the text of one event and keeps it: key order, number spelling and unknown members arrive as
 * sent. Only line ends between tokens become blanks, so that an event is one line.
 */
export function parseEventText(text: string, options: ParseOptions = {}): ParsedEvent {
  const limits = { ...defaultLimits.event, ...options };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse("bad_json", "the text is not one JSON value");
  }
  const problems = checkParsed(value, limits);
  if (problems.length > 0) return { problems };
  // A flat text without escapes can be neither deep nor hide a key.
  const flat =
    text.indexOf("{", text.indexOf("{") + 1) < 0 &&
    text.indexOf("[") < 0 &&
    text.indexOf("_proto_") < 0 &&
    text.indexOf("\\u") < 0;
  const unsafe = flat ? undefined : findUnsafeValue(value, limits.maxDepth);
  if (unsafe !== undefined) return { problems: [unsafe] };
  if (repeatsEnvelopeField(text)) return refuse("bad_json", "one of the four fields stands twice");
  // Control characters cannot stand inside a JSON text, so these are between its tokens.
  return finish(/[\r\n]/.test(text) ? text.replace(/[\r\n]+/g, " ").trim() : text, value as Envelope, limits); // Checked just now.
}

function checkParsed(value: unknown, limits: EventLimits & ParseOptions): readonly EventProblem[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [{ code: "bad_type", pointer: "", detail: `the event is ${quote(value)}; it must be an object` }];
  }
  const problems = checkEnvelope(value);
  for (const key of ["__proto__", "constructor", "prototype"]) {
    if (Object.hasOwn(value, key))
      problems.push({ code: "forbidden_key", pointer: `/${key}`, detail: `the key ${key} is not allowed` });
  }
  if (problems.length > 0) return problems;
  const keys = Object.keys(value).length;
  if (keys > limits.maxKeys)
    return refuse("too_many_keys", `the event has ${keys} keys; ${limits.maxKeys} are allowed`).problems;
  const { event_time: time } = value as Envelope; // Checked above.
  if (
    limits.maxFutureMs !== undefined &&
    eventTimeMs(time) > (limits.now ?? systemClock.now)() + limits.maxFutureMs
  ) {
    return [
      {
        code: "time_too_far",
        pointer: "/event_time",
        detail: `event_time is ${quote(time)}, more than ${limits.maxFutureMs} ms ahead`,
      },
    ];
  }
  return problems;
}

function finish(text: string, fields: Envelope, limits: EventLimits): ParsedEvent {
  if (/\p{Surrogate}/u.test(text)) return refuse("bad_unicode", "the text holds half of a surrogate pair");
  const bytes = surelyFits(text, limits.maxBytes) ? 0 : utf8Bytes(text);
  if (bytes > limits.maxBytes)
    return refuse("too_large", `the event has ${bytes} bytes; ${limits.maxBytes} are allowed`);
  const { event_id, event_time, event_type, event_name } = fields;
  return { event: brandEvent(text, event_id, event_time, event_type, event_name) };
}

function refuse(code: EventProblemCode, detail: string): { readonly problems: readonly EventProblem[] } {
  return { problems: [{ code, pointer: "", detail }] };
}
