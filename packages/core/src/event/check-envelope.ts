import type { EventProblem, EventProblemCode } from "../errors/problem.ts";
import { maxIdChars, maxNameChars, maxTypeChars } from "../limits.ts";
import { isEventTime } from "./event-time.ts";
import { isWellFormed } from "./well-formed.ts";

/** A field that every event has. */
export type EnvelopeField = "event_id" | "event_time" | "event_type" | "event_name";

/** Something to see: neither white space nor a control character (C0, DEL, C1). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const visible = /[^\s\x00-\x1f\x7f-\x9f]/;

const rules: Readonly<Record<EnvelopeField, readonly [maxChars: number, allowed: string]>> = {
  event_id: [maxIdChars, "1–128 visible ASCII characters"],
  event_time: [Number.POSITIVE_INFINITY, "an RFC 3339 time with an offset"],
  event_type: [maxTypeChars, "1–128 characters, not all blank"],
  event_name: [maxNameChars, "1–256 characters, not all blank"],
};

/** What most fields look like; the others are looked at more closely. */
const plain = {
  event_id: /^[!-~]{1,128}$/,
  event_type: /^[!-~][ -~]{0,127}$/,
  event_name: /^[!-~][ -~]{0,255}$/,
};

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
  if (!code) return undefined;
  const got = value === undefined ? "missing" : quote(value);
  return { code, pointer: `/${field}`, detail: `${field} is ${got}; it must be ${rules[field][1]}` };
}

/** What is wrong with some fields of a value, by default all four; empty when nothing is. */
export function checkFields(
  value: object,
  fields: readonly EnvelopeField[] = envelopeFields,
): EventProblem[] {
  const problems: EventProblem[] = [];
  if (fields === envelopeFields && isPlain(value)) return problems;
  for (const field of fields) {
    const own = Object.hasOwn(value, field) ? (value as Record<string, unknown>)[field] : undefined; // Any object may be asked for any key.
    const problem = checkField(field, own);
    if (problem) problems.push(problem);
  }
  return problems;
}

/** Whether all four fields are there and look like most do; `false` says nothing. */
function isPlain(value: { readonly [field in EnvelopeField]?: unknown }): boolean {
  const { event_id: id, event_time: time, event_type: type, event_name: name } = value;
  return (
    typeof id === "string" &&
    typeof time === "string" &&
    typeof type === "string" &&
    typeof name === "string" &&
    plain.event_id.test(id) &&
    plain.event_type.test(type) &&
    plain.event_name.test(name) &&
    isEventTime(time) &&
    Object.hasOwn(value, "event_id") &&
    Object.hasOwn(value, "event_time") &&
    Object.hasOwn(value, "event_type") &&
    Object.hasOwn(value, "event_name")
  );
}

/** A value for a message: texts to 64 characters, everything else by its kind. */
export function quote(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 64 ? `${value.slice(0, 63)}…` : value);
  return typeof value === "number" ? String(value) : value === null ? "null" : typeof value;
}

function fieldProblem(field: EnvelopeField, value: unknown): EventProblemCode | undefined {
  if (value === undefined) return "missing_field";
  if (typeof value !== "string") return "bad_type";
  if (field === "event_time" ? isEventTime(value) : plain[field].test(value)) return undefined;
  if (!visible.test(value)) return "empty";
  if (field === "event_time") return "bad_time";
  if (value.length > rules[field][0]) return "too_long";
  if (field === "event_id") return "bad_type";
  return isWellFormed(value) ? undefined : "bad_unicode";
}
