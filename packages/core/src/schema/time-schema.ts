import * as v from "valibot";

const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** RFC 3339 §5.6, in any case and with any fraction; what the numbers may be is said in {@link isMoment}. */
const dateTime = /^(\d{4})-(\d{2})-(\d{2})t(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:z|([+-])(\d{2}):(\d{2}))$/i;

/** A time of RFC 3339 with an offset: a day of the calendar, and second 60 only where a leap second can be. */
export const timeSchema: v.GenericSchema<unknown, string> = v.pipe(
  v.string("event_time must be a text"),
  v.check(isMoment, "event_time must be an RFC 3339 time with an offset"),
);

function isMoment(text: string): boolean {
  const match = dateTime.exec(text);
  if (!match) return false;
  const part = (index: number): number => Number(match[index] ?? 0);
  const offset = part(8) * 60 + part(9);
  if (part(8) > 23 || part(9) > 59) return false;
  if (part(3) < 1 || part(3) > daysOf(part(1), part(2))) return false;
  if (part(4) > 23 || part(5) > 59 || part(6) > 60) return false;
  // A leap second ends an hour of UTC: after the 59th minute, wherever the offset puts that.
  const minute = part(5) + (match[7] === "-" ? offset : -offset);
  return part(6) < 60 || ((minute % 60) + 60) % 60 === 59;
}

/** Days of a month of the Gregorian calendar; 0 for a month that there is not. */
function daysOf(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return (daysInMonth[month - 1] ?? 0) + (leap && month === 2 ? 1 : 0);
}
