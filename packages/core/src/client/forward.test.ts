import { describe, expect, it } from "@jest/globals";
import type { Problem } from "../errors/problem.ts";
import { createEvent } from "../event/create-event.ts";
import { memorySink } from "../sinks/memory-sink.ts";
import { invalidEvents, validEvent, validEventText } from "../testing/event-fixtures.ts";
import { createClient } from "./create-client.ts";

function setUp(options: { strict?: boolean } = {}) {
  const sink = memorySink();
  const problems: Problem[] = [];
  const client = createClient({
    sink,
    attributes: { never: "added" },
    beforeRecord: () => null,
    sample: () => 0,
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
  return { sink, client, problems };
}

describe("forward", () => {
  it.each<[string, Parameters<ReturnType<typeof setUp>["client"]["forward"]>[0], string]>([
    [
      "a text",
      ` ${validEventText.replace('"github"', "1e2")}`,
      ` ${validEventText.replace('"github"', "1e2")}`,
    ],
    ["an object", validEvent, validEventText],
    [
      "an event",
      createEvent({ type: "t", name: "n", id: "i", time: validEvent.event_time }),
      `{"event_id":"i","event_time":"${validEvent.event_time}","event_type":"t","event_name":"n"}`,
    ],
  ])("passes on %s and adds nothing", (_, event, text) => {
    const { sink, client, problems } = setUp();
    expect(client.forward(event)).toEqual([]);
    expect(sink.texts).toEqual([text]);
    expect(problems).toEqual([]);
    expect(client.stats()).toMatchObject({ recorded: 1, refused: 0, filtered: 0, sampledOut: 0 });
  });

  it.each(invalidEvents)("returns, counts and tells what is wrong: $name", ({ text, code, pointer }) => {
    const { sink, client, problems } = setUp();
    const found = client.forward(text);
    expect(found).toMatchObject([{ code, pointer }]);
    expect(problems).toEqual([
      expect.objectContaining({
        code: "refused",
        message: `an event was not recorded: ${found[0]?.detail}`,
        problems: found,
      }),
    ]);
    expect(problems[0]).not.toHaveProperty("eventName");
    expect(sink.events).toEqual([]);
    expect(client.stats()).toMatchObject({ recorded: 0, refused: 1 });
  });

  it.each<[string, unknown]>([
    ["undefined", undefined],
    ["null", null],
    ["a number", 7],
    ["a list", [validEvent]],
    ["a function", () => validEvent],
    [
      "a proxy that fails",
      new Proxy(
        {},
        {
          has: () => {
            throw new Error("no");
          },
        },
      ),
    ],
    ["bytes", Buffer.from(validEventText)],
  ])("never throws: %s", (_, value) => {
    const { client } = setUp();
    expect(client.forward(value as object).length).toBeGreaterThan(0);
    expect(client.stats().refused).toBe(1);
  });

  it("tells of a sink that throws", () => {
    const problems: Problem[] = [];
    const cause = new Error("full");
    const client = createClient({
      sink: {
        ...memorySink(),
        record: () => {
          throw cause;
        },
      },
      onProblem: (problem) => problems.push(problem),
    });
    expect(client.forward(validEvent)).toEqual([]);
    expect(problems).toEqual([
      {
        code: "refused",
        message: "an event was not recorded: Error: full",
        eventType: validEvent.event_type,
        eventName: validEvent.event_name,
        cause,
      },
    ]);
    expect(client.stats().refused).toBe(1);
  });

  it("throws INVALID_EVENT when the client is strict", () => {
    expect(() => setUp({ strict: true }).client.forward("{}")).toThrow(
      expect.objectContaining({ code: "INVALID_EVENT", problems: expect.arrayContaining([]) }),
    );
  });
});
