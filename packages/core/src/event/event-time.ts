/** Every month has 31 days here. What repeats is written out: counting takes longer. */
const shape =
  /^\d\d\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/**
 * Whether a text is a date-time of RFC 3339 §5.6: upper or lower case `T` and `Z`, a fraction of any
 * length, always an offset; a real day of the Gregorian calendar.
 *
 * Second 60 is accepted where a leap second can be: in the last minute of an hour of UTC. Whether one was
 * inserted that day is not checked, since no program knows the table for its future.
 */
export function isEventTime(text: string): boolean {
  return (
    shape.test(text) &&
    // A calendar gives back another day, or none, where a month has no 29, 30 or 31. Two digits make 556 for 28.
    (text.charCodeAt(8) * 10 + text.charCodeAt(9) <= 556 ||
      new Date(text.slice(0, 10)).getUTCDate() === +text.slice(8, 10)) &&
    // Only seconds can be 60: minutes and the offset end at 59.
    (text[17] !== "6" || new Date(text.toUpperCase().replace(":60", ":59")).getUTCMinutes() === 59)
  );
}

/** The time as milliseconds since the Unix epoch; a leap second counts as the second after it. */
export function eventTimeMs(text: string): number {
  const ms = Date.parse(text.toUpperCase().replace(":60", ":59"));
  return text.includes(":60") ? ms + 1_000 : ms;
}
