import { describe, expect, it } from "@jest/globals";
import { eventTimeMs, isEventTime } from "./event-time.ts";

describe("the time of an event", () => {
  it.each([
    ["UTC", "2025-01-01T12:30:00Z"],
    ["the first moment that can be written", "0000-01-01T00:00:00Z"],
    ["the last one", "9999-12-31T23:59:59.999Z"],
    ["lower case", "2025-01-01t12:30:00z"],
    ["one digit of a fraction", "2025-01-01T12:30:00.1Z"],
    ["thirty digits of a fraction", `2025-01-01T12:30:00.${"123456789 ".repeat(3).replaceAll(" ", "0")}Z`],
    ["an offset to the east", "2025-01-01T12:30:00+05:45"],
    ["an offset to the west", "2025-01-01T12:30:00-09:30"],
    ["an unknown offset", "2025-01-01T12:30:00-00:00"],
    ["the widest offsets", "2025-01-01T12:30:00+23:59"],
    ["29 February every four years", "2024-02-29T00:00:00Z"],
    ["29 February every 400 years", "2000-02-29T00:00:00Z"],
    ["29 February of the year 0", "0000-02-29T00:00:00Z"],
    ["30 April", "2025-04-30T00:00:00Z"],
    ["31 December", "2025-12-31T23:59:59Z"],
  ])("may be %s", (_, time) => {
    expect(isEventTime(time)).toBe(true);
  });

  it.each([
    ["30 February", "2024-02-30T00:00:00Z"],
    ["29 February of other years", "2023-02-29T00:00:00Z"],
    ["29 February 1900", "1900-02-29T00:00:00Z"],
    ["29 February 2100", "2100-02-29T00:00:00Z"],
    ["31 April", "2025-04-31T00:00:00Z"],
    ["31 June", "2025-06-31T00:00:00Z"],
    ["31 September", "2025-09-31T00:00:00Z"],
    ["31 November", "2025-11-31T00:00:00Z"],
    ["day 0", "2025-01-00T00:00:00Z"],
    ["day 32", "2025-01-32T00:00:00Z"],
    ["month 0", "2025-00-01T00:00:00Z"],
    ["month 13", "2025-13-01T00:00:00Z"],
    ["hour 24", "2025-01-01T24:00:00Z"],
    ["hour 25", "2025-01-01T25:00:00Z"],
    ["minute 60", "2025-01-01T12:60:00Z"],
    ["second 61", "2016-12-31T23:59:61Z"],
    ["no zone", "2025-01-01T12:30:00"],
    ["no seconds", "2025-01-01T12:30Z"],
    ["no time", "2025-01-01"],
    ["no T", "2025-01-01 12:30:00Z"],
    ["a point without digits", "2025-01-01T12:30:00.Z"],
    ["a comma", "2025-01-01T12:30:00,5Z"],
    ["an offset without minutes", "2025-01-01T12:30:00+01"],
    ["an offset without a colon", "2025-01-01T12:30:00+0100"],
    ["an offset of 24 hours", "2025-01-01T12:30:00+24:00"],
    ["an offset of 60 minutes", "2025-01-01T12:30:00+01:60"],
    ["the name of a zone", "2025-01-01T12:30:00UTC"],
    ["something before", " 2025-01-01T12:30:00Z"],
    ["something behind", "2025-01-01T12:30:00Z "],
    ["a line end behind", "2025-01-01T12:30:00Z\n"],
    ["a NUL behind", "2025-01-01T12:30:00Z\0"],
    ["two digits of the year", "25-01-01T12:30:00Z"],
    ["five digits of the year", "12025-01-01T12:30:00Z"],
    ["a signed year", "+002025-01-01T12:30:00Z"],
    ["digits of another script", "٢٠٢٥-01-01T12:30:00Z"],
    ["milliseconds since 1970", "1735734600000"],
    ["nothing", ""],
  ])("is not %s", (_, time) => {
    expect(isEventTime(time)).toBe(false);
  });

  it.each([
    ["2016-12-31T23:59:60Z", true],
    ["2016-12-31T23:59:60.999Z", true],
    ["2017-01-01T00:59:60+01:00", true],
    ["2017-01-01T05:29:60+05:30", true],
    ["2016-12-31T19:29:60-04:30", true],
    ["2017-01-01T05:44:60+05:45", true],
    ["2016-12-31t23:59:60z", true],
    // No leap second was inserted that day; no program knows the table for its future.
    ["2025-05-05T12:59:60Z", true],
    ["2016-12-31T23:58:60Z", false],
    ["2016-12-31T23:00:60Z", false],
    ["2017-01-01T05:59:60+05:30", false],
    ["2017-01-01T05:29:60+05:00", false],
    ["2016-12-31T23:59:60+05:45", false],
    ["2016-12-31T23:59:60+00:01", false],
    ["2024-02-30T23:59:60Z", false],
  ])("second 60 is one where a leap second can be: %s %p", (time, valid) => {
    expect(isEventTime(time)).toBe(valid);
  });

  it.each([
    ["1970-01-01T00:00:00Z", 0],
    ["1970-01-01t00:00:00.5z", 500],
    ["1970-01-01T01:00:00+01:00", 0],
    ["1969-12-31T18:29:59.999-05:30", -1],
    ["1970-01-01T00:00:00.123456789Z", 123],
    ["2016-12-31T23:59:60Z", Date.UTC(2017, 0, 1)],
    ["2016-12-31T23:59:60.25Z", Date.UTC(2017, 0, 1) + 250],
    ["2017-01-01T05:29:60+05:30", Date.UTC(2017, 0, 1)],
  ])("%s is %p milliseconds since 1970", (time, ms) => {
    expect(eventTimeMs(time)).toBe(ms);
  });
});
