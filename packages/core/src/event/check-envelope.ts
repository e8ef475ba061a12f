import type { EventProblem, EventProblemCode } from "../errors/problem.ts";
import { defaultLimits } from "../limits.ts";
import { isEventTime } from "./event-time.ts";

/** A field that every event has. */
export type EnvelopeField = "event_id" | "event_time" | "event_type" | "event_name";

const visibleAscii = /^[!-~]+$/;
// Something to see: neither white space nor a control character (C0, DEL, C1).
const visible = /[^\s\x00-\x1f\x7f-\x9f]/; // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const loneSurrogate = /\p{Surrogate}/u;

const rules = {
  event_id: [defaultLimits.maxIdChars, " visible ASCII characters"],
  event_time: [Number.POSITIVE_INFINITY, "an RFC 3339 time with an offset"],
  event_type: [defaultLimits.maxTypeChars, " characters, not all blank"],
  event_name: [defaultLimits.maxNameChars, " characters, not all blank"],
} as const;

/** The four fields in the order of the wire. */
export const envelopeFields: readonly EnvelopeField[] = [
  "event_id",
  "event_time",
  "event_type",
  "event_name",
];

/** What is wrong with one field of an event, or `undefined`. */
export function checkField(field: EnvelopeField, value: unknown): EventProblem | undefined {
  const code = fieldProblem(field, value);
  if (code === undefined) return undefined;
  const [maxChars, allowed] = rules[field];
  const got = code === "missing_field" ? "missing" : quote(value);
  const range = Number.isFinite(maxChars) ? `1–${maxChars}` : "";
  return { code, pointer: `/${field}`, detail: `${field} is ${got}; it must be ${range}${allowed}` };
}

/** What is wrong with the four fields of a value, field by field; empty when nothing is. */
export function checkEnvelope(value: object): EventProblem[] {
  const problems: EventProblem[] = [];
  for (const field of envelopeFields) {
    const own = Object.hasOwn(value, field) ? (value as Record<string, unknown>)[field] : undefined; // Any object may be asked for any key.
    const problem = checkField(field, own);
    if (problem !== undefined) problems.push(problem);
  }
  return problems;
}

/** A value for a message: texts to 64 characters, everything else by its kind. */
export function quote(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 64 ? `${value.slice(0, 63)}…` : value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}

function fieldProblem(field: EnvelopeField, value: unknown): EventProblemCode | undefined {
  if (value === undefined) return "missing_field";
  if (typeof value !== "string") return "bad_type";
  if (field === "event_time")
    return isEventTime(value) ? undefined : visible.test(value) ? "bad_time" : "empty";
  if (!visible.test(value)) return "empty";
  if (value.length > rules[field][0]) return "too_long";
  if (field === "event_id") return visibleAscii.test(value) ? undefined : "bad_type";
  return loneSurrogate.test(value) ? "bad_unicode" : undefined;
}
