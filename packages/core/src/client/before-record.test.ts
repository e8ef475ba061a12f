import { describe, expect, it } from "@jest/globals";
import type { Problem } from "../errors/problem.ts";
import { memorySink } from "../sinks/memory-sink.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import type { ClientOptions, EventDraft } from "./client.ts";
import { createClient } from "./create-client.ts";

const then = "then";

type Hook = (event: EventDraft) => unknown;

function setUp(hook: Hook, options: Partial<ClientOptions> = {}) {
  const sink = memorySink();
  const problems: Problem[] = [];
  const client = createClient({
    sink,
    clock: fakeClock(),
    beforeRecord: hook as ClientOptions["beforeRecord"],
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
  return { sink, client, problems };
}

describe("beforeRecord", () => {
  it("sees an event as it would be recorded, but for its id", () => {
    const seen: EventDraft[] = [];
    const hook: Hook = (event) => {
      seen.push(event);
      return event;
    };
    const { sink, client } = setUp(hook, {
      attributes: { a: 1 },
      context: () => ({ b: 2 }),
      sample: () => 0.9,
    });
    client.recordMetric("m", 3, { c: new Date(0), d: 1n });
    const expected = {
      event_time: "2025-01-01T00:00:00.000Z",
      event_type: "metric",
      event_name: "m",
      ...{ a: 1, b: 2, c: "1970-01-01T00:00:00.000Z", d: "1", value: 3, sample_rate: 0.9 },
    };
    expect(seen).toEqual([expected]);
    expect(sink.events).toEqual([{ ...expected, event_id: expect.stringMatching(/\.1$/) }]);
  });

  it("may change, add and take away attributes, type and name", () => {
    const { sink, client } = setUp(({ secret: _, ...event }) => ({
      ...event,
      event_type: "log",
      event_name: "renamed",
      added: new Set([1]),
      a: "changed",
    }));
    client.track("x", { a: 1, secret: "s" });
    expect(sink.events).toMatchObject([
      { event_type: "log", event_name: "renamed", a: "changed", added: [1] },
    ]);
    expect(sink.texts.join()).not.toContain("secret");
  });

  it("may change the event that it was given", () => {
    const { sink, client } = setUp((event) => Object.assign(event, { a: 2 }));
    client.track("x", { a: 1 });
    expect(sink.events).toMatchObject([{ a: 2 }]);
  });

  it.each<[string, object]>([
    ["blank", { event_type: " ", event_name: "" }],
    ["removed", { event_type: undefined, event_name: undefined }],
    ["of another type", { event_type: 5, event_name: ["x"] }],
    ["too long", { event_type: "x".repeat(129), event_name: "x".repeat(257) }],
  ])("cannot spoil the four fields: %s", (_, fields) => {
    const { sink, client, problems } = setUp((event) => ({
      ...event,
      ...fields,
      event_id: "evil",
      event_time: "yesterday",
    }));
    client.track("x");
    expect(sink.events).toMatchObject([
      {
        event_id: expect.stringMatching(/^[\w-]{21}\.1$/),
        event_time: "2025-01-01T00:00:00.000Z",
        event_type: "behavioral",
        event_name: "x",
      },
    ]);
    expect(problems).toEqual([]);
  });

  it("leaves an event out with null, and it is counted", () => {
    const { sink, client, problems } = setUp(() => null);
    client.track("x");
    expect(sink.events).toEqual([]);
    expect(problems).toEqual([]);
    expect(client.stats()).toMatchObject({ filtered: 1, refused: 0, recorded: 0 });
  });

  it.each<[string, Hook]>([
    ["undefined, as when a return was forgotten", () => undefined],
    ["true", () => true],
    ["a text", () => "event"],
    ["a promise", async (event) => event],
    ["a promise that is rejected", async () => Promise.reject(new Error("late"))],
    ["a thenable", (event) => ({ ...event, [then]: () => {} })],
  ])("refuses an event for which it returns %s", async (_, hook) => {
    const { sink, client, problems } = setUp(hook);
    client.track("x", { secret: 1 });
    expect(sink.events).toEqual([]);
    expect(client.stats()).toMatchObject({ refused: 1, filtered: 0 });
    expect(problems).toMatchObject([
      {
        code: "refused",
        eventName: "x",
        message: "an event was not recorded: TypeError: beforeRecord must return an event or null",
      },
    ]);
    // An unhandled rejection would fail this run.
    await new Promise((resolve) => setImmediate(resolve));
  });

  it("refuses an event for which it throws, since what it was to remove may still be there", () => {
    const cause = new Error("broken");
    const { sink, client, problems } = setUp(() => {
      throw cause;
    });
    client.track("x", { secret: 1 });
    expect(sink.events).toEqual([]);
    expect(problems).toEqual([
      {
        code: "refused",
        message: "an event was not recorded: Error: broken",
        eventType: "behavioral",
        eventName: "x",
        cause,
      },
    ]);
  });

  it("names what it added and cannot be encoded, beside what was before it", () => {
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    const { sink, client, problems } = setUp((event) => ({ ...event, circular, truncated: true }));
    client.track("x", { event_id: "evil", ok: 1 });
    expect(sink.events).toMatchObject([{ ok: 1, encoding_problems: ["event_id", "circular", "truncated"] }]);
    expect(problems).toMatchObject([{ code: "altered" }]);
  });

  it("counts what was too many before it and what it added", () => {
    const many = (prefix: string, count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, index]));
    const { sink, client } = setUp((event) => ({ ...event, ...many("added", 3) }));
    client.track("x", { ...many("k", 248) });
    expect(sink.events).toMatchObject([{ attributes_omitted: 5 }]);
  });

  it("comes before an event is shortened", () => {
    const { sink, client } = setUp(({ blob: _, ...event }) => event);
    client.track("x", { blob: "x".repeat(100_000) });
    expect(sink.events[0]).not.toHaveProperty("truncated");
  });

  it("does not see what was refused or sampled out", () => {
    let calls = 0;
    const hook: Hook = (event) => {
      calls++;
      return event;
    };
    const { client } = setUp(hook, { sample: (_, name) => (name === "rare" ? 0 : 1) });
    for (const name of ["", "rare", "x"]) client.track(name);
    expect(calls).toBe(1);
  });
});
