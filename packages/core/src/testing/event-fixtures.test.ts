import { describe, expect, it } from "@jest/globals";
import { eventProblemCodes } from "../errors/problem.ts";
import { parseEvent, parseEventText } from "../event/parse-event.ts";
import { invalidEvents, largestEvents, testEvents, validEvent, validEventText } from "./event-fixtures.ts";

describe("event fixtures", () => {
  it("have one valid event", () => {
    expect(parseEvent(validEvent).event?.text).toBe(validEventText);
    expect(parseEventText(validEventText).event?.toJSON()).toEqual(validEvent);
  });

  it.each(invalidEvents)("$name: $code", ({ text, code, pointer }) => {
    const { problems = [] } = parseEventText(text);
    expect(problems.map((problem) => [problem.code, problem.pointer])).toEqual([[code, pointer]]);
  });

  it.each(largestEvents)("an event that $name passes", ({ text }) => {
    expect(parseEventText(text).problems).toBeUndefined();
  });

  it("have a twin for every code that a parse knows", () => {
    const seen = new Set<string>(invalidEvents.map(({ code }) => code));
    // The two others need a client's call or a server's clock.
    expect(eventProblemCodes.filter((code) => !seen.has(code))).toEqual(["time_too_far", "reserved_key"]);
  });

  it("number test events", () => {
    const texts = testEvents(2, 3, { source: "s", type: "metric", fill: "x" }).map(({ text }) =>
      JSON.parse(text),
    );
    const [first, last] = texts;
    expect(first).toEqual({
      event_id: "s.2",
      event_time: validEvent.event_time,
      event_type: "metric",
      event_name: "event_2",
      fill: "x",
    });
    expect(last.event_id).toBe("s.3");
  });
});
