const shape =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/**
 * Whether a text is a date-time of RFC 3339 §5.6: upper or lower case `T` and `Z`, a fraction of any
 * length, always an offset; a real day of the Gregorian calendar.
 *
 * Second 60 is accepted where a leap second can be: in the last minute of an hour of UTC. Whether one was
 * inserted that day is not checked, since no program knows the table for its future.
 */
export function isEventTime(text: string): boolean {
  if (!shape.test(text)) return false;
  const day = number(text, 8);
  if (day > 28 && day > daysIn(+text.slice(0, 4), number(text, 5))) return false;
  return number(text, 17) < 60 || isLastMinute(text);
}

/** The time as milliseconds since the Unix epoch; a leap second counts as the second after it. */
export function eventTimeMs(text: string): number {
  return text.slice(17, 19) === "60"
    ? Date.parse(`${text.slice(0, 17)}59${text.slice(19)}`) + 1_000
    : Date.parse(text.toUpperCase());
}

function number(text: string, at: number): number {
  return text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528;
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return 30 + ((month + (month >> 3)) % 2);
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

function isLastMinute(text: string): boolean {
  const sign = text.at(-6);
  const offset =
    sign === "+" ? number(text, text.length - 2) : sign === "-" ? -number(text, text.length - 2) : 0;
  return (number(text, 14) - offset + 60) % 60 === 59;
}
