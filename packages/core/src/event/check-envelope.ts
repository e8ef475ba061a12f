import type { EventProblem } from "../errors/problem.ts";
import { maxIdChars } from "../limits.ts";
import type { LabelField } from "./check-text.ts";
import { checkLabel, fieldProblem, textProblem } from "./check-text.ts";
import { isEventTime } from "./event-time.ts";

export { quote } from "./check-text.ts";

/** A field that every event has. */
export type EnvelopeField = "event_id" | "event_time" | LabelField;

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
  const isTime = field === "event_time";
  if (typeof value === "string" && (isTime ? isEventTime(value) : plain[field].test(value))) return undefined;
  if (field === "event_type" || field === "event_name") return checkLabel(field, value);
  const otherwise = isTime ? "bad_time" : String(value).length > maxIdChars ? "too_long" : "bad_type";
  const allowed = isTime ? "an RFC 3339 time with an offset" : "1–128 visible ASCII characters";
  return fieldProblem(textProblem(value) ?? otherwise, field, value, allowed);
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
