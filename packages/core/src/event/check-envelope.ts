import type { EventProblem } from "../errors/problem.ts";
import { maxIdChars } from "../limits.ts";
import type { LabelField } from "./check-text.ts";
import { checkLabel, fieldProblem, textProblem } from "./check-text.ts";
import { isEventTime } from "./event-time.ts";

export { quote } from "./check-text.ts";

/** A field that every event has. */
export type EnvelopeField = "event_id" | "event_time" | LabelField;

const visibleAscii = /^[!-~]+$/;

/** The four fields in the order of the wire. */
export const envelopeFields: readonly EnvelopeField[] = [
  "event_id",
  "event_time",
  "event_type",
  "event_name",
];

/** What is wrong with one field of an event, or `undefined`. */
export function checkField(field: EnvelopeField, value: unknown): EventProblem | undefined {
  if (field === "event_type" || field === "event_name") return checkLabel(field, value);
  const isTime = field === "event_time";
  if (
    typeof value === "string" &&
    (isTime ? isEventTime(value) : value.length <= maxIdChars && visibleAscii.test(value))
  )
    return undefined;
  const text = value as string; // Where it is none, that is its problem.
  const code =
    textProblem(value) ?? (isTime ? "bad_time" : text.length > maxIdChars ? "too_long" : "bad_type");
  const allowed = isTime ? "an RFC 3339 time with an offset" : "1–128 visible ASCII characters";
  return fieldProblem(code, field, value, allowed);
}

/** What is wrong with the four fields of a value; empty when nothing is. */
export function checkFields(value: object): EventProblem[] {
  return isUsual(value)
    ? []
    : envelopeFields.flatMap(
        (field) =>
          // Any object may be asked for any key.
          checkField(
            field,
            Object.hasOwn(value, field) ? (value as Record<string, unknown>)[field] : undefined,
          ) ?? [],
      );
}

/** Whether a value is an object as most are, and has all four fields as they must be; `false` says nothing. */
function isUsual(value: { readonly [field in EnvelopeField]?: unknown }): boolean {
  const { event_id: id, event_time: time, event_type: type, event_name: name } = value;
  const inherited: typeof value = Object.prototype;
  return (
    !checkField("event_id", id) &&
    !checkField("event_time", time) &&
    !checkLabel("event_type", type) &&
    !checkLabel("event_name", name) &&
    // What it does not inherit is its own; to ask for each takes as long as all the rest.
    Object.getPrototypeOf(value) === inherited &&
    !(inherited.event_id || inherited.event_time || inherited.event_type || inherited.event_name)
  );
}
