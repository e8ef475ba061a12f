import { describe, expect, it } from "@jest/globals";
import { createEventSource } from "../client/event-source.ts";
import type { Problem } from "../errors/problem.ts";
import type { EventObject } from "../event/activity-event.ts";
import { testEvent } from "../testing/event-fixtures.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import { Announcer } from "./announcer.ts";

function start(now?: number): { announcer: Announcer; events: EventObject[]; told: Problem[] } {
  const events: EventObject[] = [];
  const told: Problem[] = [];
  const announcer = new Announcer({
    source: createEventSource(fakeClock({ now })),
    most: Number.POSITIVE_INFINITY,
    admits: () => true,
    append: (event) => events.push(event.toJSON()),
    tell: (problem) => told.push(problem),
  });
  return { announcer, events, told };
}

const drop = (announcer: Announcer, ...numbers: readonly number[]): void => {
  for (const n of numbers) announcer.note("capacity", testEvent(n).text);
};

describe("an announcer", () => {
  it("tells of the first drop, and of all of them when they are summed up", () => {
    const { announcer, told } = start();
    drop(announcer, 1, 2, 3);
    expect(told).toEqual([
      { code: "dropped", message: "events are being dropped: capacity", reason: { code: "capacity" } },
    ]);
    announcer.announce();
    expect(told.slice(1)).toEqual([
      {
        code: "dropped",
        message: "3 event(s) were dropped: capacity",
        count: 3,
        reason: { code: "capacity" },
      },
    ]);
    drop(announcer, 4);
    expect(told).toHaveLength(3);
  });

  it("names what was dropped downstream", () => {
    const { announcer, events } = start();
    drop(announcer, 4, 5, 9);
    expect(announcer.announce()).toBe(true);
    expect(events).toEqual([
      {
        event_id: expect.stringMatching(/^[\w-]{21}\.1$/),
        event_time: "2025-01-01T00:00:00.000Z",
        event_type: "telemetry",
        event_name: "events_dropped",
        reason: "capacity",
        count: 3,
        counts_by_type: { behavioral: 3 },
        ranges: [
          { source: "test", from: 4, to: 5, count: 2 },
          { source: "test", from: 9, to: 9, count: 1 },
        ],
      },
    ]);
    expect(announcer.announce()).toBe(false);
  });

  it("leaves rejections to whoever heard of them, and names them downstream", () => {
    const { announcer, events, told } = start();
    announcer.note("rejected", testEvent(1).text);
    expect(announcer.announce()).toBe(true);
    expect(told).toEqual([]);
    expect(events[0]).toMatchObject({ event_name: "events_dropped", reason: "rejected", count: 1 });
  });

  it("says nothing when there is nothing to say", () => {
    const { announcer, events, told } = start();
    expect(announcer.announce()).toBe(false);
    announcer.end();
    expect([events, told]).toEqual([[], []]);
  });

  it("ends with its last number, and announces nothing afterwards", () => {
    const { announcer, events } = start();
    drop(announcer, 1);
    announcer.end();
    expect(events.map(({ event_name: name }) => name)).toEqual(["events_dropped", "source_closed"]);
    const [, last] = events;
    expect(last).toMatchObject({ event_type: "telemetry", last: 2 });
    expect(last?.event_id).toBe(`${events[0]?.event_id.slice(0, -1)}2`);
    drop(announcer, 2);
    expect(announcer.announce()).toBe(false);
    expect(events).toHaveLength(2);
  });

  it("bears a clock that shows no time of an event, and takes no number for what it cannot record", () => {
    const { events, told, announcer } = start(Number.NaN);
    drop(announcer, 1);
    expect(announcer.announce()).toBe(true);
    announcer.end();
    expect(events).toEqual([]);
    expect(told).toHaveLength(2);
  });

  it("keeps every range and type of a full announcement", () => {
    const { announcer, events } = start();
    const source = "s".repeat(120);
    for (let n = 0; n < 64; n++)
      announcer.note(
        "capacity",
        testEvent(n * 2 + 10_000, { source, type: `${"漢".repeat(126)}${n % 51}` }).text,
      );
    announcer.announce();
    expect(events[0]?.["truncated"]).toBeUndefined();
    expect(events[0]?.["ranges"]).toHaveLength(64);
  });
});
