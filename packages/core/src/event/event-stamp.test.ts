import { describe, expect, it } from "@jest/globals";
import { eventLimits } from "../limits.ts";
import { EventScanner } from "./event-scanner.ts";
import { EventStamp } from "./event-stamp.ts";
import { parseEventText } from "./parse-event.ts";
import { toUtf8 } from "./utf8.ts";

const text =
  '{"event_id":"s.1","event_time":"2026-01-02T03:04:05.678Z","event_type":"log","event_name":"click","s":"größe","n":1.50}';
const scanned = EventScanner.of({ bytes: toUtf8(text), text }, eventLimits)?.event(0);

describe("EventStamp", () => {
  it("puts members behind those of an event and leaves the rest as it was", () => {
    const stamp = EventStamp.of('"received_at":"2026-01-02T03:04:06Z","a\\"b":[1,{"c":null}]', eventLimits);
    const stamped = scanned && stamp?.onto(scanned);
    const expected = `${text.slice(0, -1)},"received_at":"2026-01-02T03:04:06Z","a\\"b":[1,{"c":null}]}`;
    expect(stamped?.text).toBe(expected);
    const { event_id, event_time, event_type, event_name } = stamped ?? {};
    const parsed = parseEventText(expected).event;
    expect({ event_id, event_time, event_type, event_name }).toEqual({
      event_id: parsed?.event_id,
      event_time: parsed?.event_time,
      event_type: parsed?.event_type,
      event_name: parsed?.event_name,
    });
    expect(stamped?.toJSON()).toEqual(parsed?.toJSON());
    expect(scanned?.text).toBe(text);
  });

  it.each([
    ["nothing", ""],
    ["one of the four fields", '"event_id":"x"'],
    ["a forbidden key", '"constructor":1'],
    ["a nest that is too deep", `"a":${"[".repeat(40)}${"]".repeat(40)}`],
    ["what is no member", "1"],
    ["members that end before the event does", '"a":1},{"b":2'],
    ["brackets that are not closed", '"a":{"b":1'],
    ["a line end", '"a":1,\n"b":2'],
  ])("is not made of %s", (_, members) => {
    expect(EventStamp.of(members, eventLimits)).toBeUndefined();
  });

  it("leaves an event that was made otherwise to others", () => {
    const { event } = parseEventText(text);
    expect(event && EventStamp.of('"a":1', eventLimits)?.onto(event)).toBeUndefined();
  });
});
