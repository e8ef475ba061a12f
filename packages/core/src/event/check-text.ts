import type { EventProblem, EventProblemCode } from "../errors/problem.ts";
import { maxNameChars, maxTypeChars } from "../limits.ts";
import { isWellFormed } from "./well-formed.ts";

/** The two fields that an application writes at every event. */
export type LabelField = "event_type" | "event_name";

/** Something to see: neither white space nor a control character (C0, DEL, C1). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const visible = /[^\s\x00-\x1f\x7f-\x9f]/;

/** What is wrong with a type or a name of an event, or `undefined`. */
export function checkLabel(field: LabelField, value: unknown): EventProblem | undefined {
  const maxChars = field === "event_type" ? maxTypeChars : maxNameChars;
  const text = value as string; // Where it is none, that is its problem.
  const code =
    textProblem(value) ??
    (text.length > maxChars ? "too_long" : isWellFormed(text) ? undefined : "bad_unicode");
  return code && fieldProblem(code, field, value, `1–${maxChars} characters, not all blank`);
}

/** What keeps a value from being a text with something to see in it. */
export function textProblem(value: unknown): EventProblemCode | undefined {
  if (value === undefined) return "missing_field";
  if (typeof value !== "string") return "bad_type";
  // Most texts begin with a letter of ASCII; the pattern is asked about the others.
  const first = value.charCodeAt(0);
  return (first > 32 && first < 127) || visible.test(value) ? undefined : "empty";
}

/** One thing wrong with a field. */
// biome-ignore lint/complexity/useMaxParams: what, where, the value and what is allowed.
export function fieldProblem(
  code: EventProblemCode,
  field: string,
  value: unknown,
  allowed: string,
): EventProblem {
  const got = value === undefined ? "missing" : quote(value);
  return { code, pointer: `/${field}`, detail: `${field} is ${got}; it must be ${allowed}` };
}

/** A value for a message: texts to 64 characters, everything else by its kind. */
export function quote(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 64 ? `${value.slice(0, 63)}…` : value);
  return typeof value === "number" || value === null ? String(value) : typeof value;
}
