import { describe, expect, it } from "@jest/globals";
import type { Problem } from "../errors/problem.ts";
import type { Sink, TimeoutOptions } from "../ports/sink.ts";
import { memorySink } from "../sinks/memory-sink.ts";
import type { ClientOptions } from "./client.ts";
import { createClient } from "./create-client.ts";

function setUp(options: Partial<ClientOptions> = {}) {
  const memory = memorySink();
  const closes: (TimeoutOptions | undefined)[] = [];
  const sink: Sink = {
    ...memory,
    close: (timeout) => {
      closes.push(timeout);
      return memory.close();
    },
  };
  const problems: Problem[] = [];
  const client = createClient({ sink, onProblem: (problem) => problems.push(problem), ...options });
  return { memory, closes, client, problems };
}

describe("close", () => {
  it("records that the source has ended, and its highest number", async () => {
    const { memory, client, closes } = setUp({ attributes: { a: 1, last: "mine" } });
    client.track("x");
    client.track("y");
    const stats = await client.close({ timeoutMs: 7 });
    const [first, , last] = memory.events;
    expect(last).toMatchObject({ event_type: "telemetry", event_name: "source_closed", a: 1, last: 3 });
    expect(last?.event_id).toBe(`${first?.event_id.split(".")[0]}.3`);
    expect(closes).toEqual([{ timeoutMs: 7 }]);
    expect(stats).toMatchObject({ recorded: 3, delivered: 3, refused: 0 });
  });

  it("happens once", async () => {
    const { memory, client, closes } = setUp();
    client.track("x");
    const first = client.close();
    expect(client.close()).toBe(first);
    expect(client.with({}).close()).not.toBe(undefined);
    await first;
    expect(memory.events.map(({ event_name }) => event_name)).toEqual(["x", "source_closed"]);
    expect(closes).toHaveLength(1);
  });

  it("has nothing to say where nothing was recorded", async () => {
    const { memory, client, closes } = setUp();
    client.track("");
    await client.close();
    expect(memory.events).toEqual([]);
    expect(closes).toHaveLength(1);
  });

  it("has no number to say where ids are the host's", async () => {
    const { memory, client } = setUp({ createId: () => "id" });
    client.track("x");
    await client.close();
    expect(memory.events).toHaveLength(1);
  });

  it("ends children, and a child ends its parent", async () => {
    const { memory, client, problems } = setUp();
    const child = client.with({ child: true });
    client.track("x");
    await child.close();
    for (const one of [client, child, client.withUser("u")]) one.track("late");
    expect(memory.events).toMatchObject([{}, { event_name: "source_closed", child: true, last: 2 }]);
    expect(problems.map(({ code, message }) => [code, message])).toEqual(
      Array(3).fill(["refused", "an event was not recorded: the client is closed"]),
    );
    expect(client.stats().refused).toBe(3);
  });

  it("gives a late forward to the sink, which has its own count for that", async () => {
    const { client, closes } = setUp();
    client.track("x");
    await client.close();
    expect(client.forward("{}")).toHaveLength(4);
    expect(client.stats().refused).toBe(1);
    expect(closes).toHaveLength(1);
  });

  it("says its number also on a client with too many attributes, and keeps within its bytes", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`k${index}`, "x".repeat(100)]),
    );
    const { memory, client } = setUp({ attributes: many, maxEventBytes: 8_192 });
    client.track("x");
    await client.close();
    expect(memory.events.at(-1)).toMatchObject({ event_name: "source_closed", last: 2 });
    expect(Buffer.byteLength(memory.texts.at(-1) ?? "")).toBeLessThanOrEqual(8_192);
  });

  it("keeps what a hook would have taken out away from the last event, too", async () => {
    const { memory, client } = setUp({
      attributes: { email: "a@example.com" },
      beforeRecord: ({ email: _, ...event }) => event,
    });
    client.track("x");
    await client.close();
    expect(memory.texts.join()).not.toContain("example.com");
    expect(memory.events.at(-1)).toMatchObject({ event_name: "source_closed", last: 2 });
  });

  it.each<[string, ClientOptions["beforeRecord"], object]>([
    ["lets everything pass", (event) => event, { service_name: "shop", a: 1 }],
    ["hides one of them", (event) => ({ ...event, a: "#" }), { service_name: "shop", a: "#" }],
    ["makes another event of it", ({ a }) => ({ a, event_type: "x", event_name: "y", last: 9 }), { a: 1 }],
    ["leaves it out", ({ event_type, ...event }) => (event_type === "telemetry" ? null : event), {}],
    [
      "does not know it and throws",
      ({ event_type, ...event }) => {
        if (event_type === "telemetry") throw new Error("what is telemetry?");
        return event;
      },
      {},
    ],
  ])("is told with what a hook leaves of the client's attributes: it %s", async (_, beforeRecord, left) => {
    const options = { service: { name: "shop" }, attributes: { a: 1 }, beforeRecord };
    const { memory, client, problems } = setUp(options);
    client.track("x");
    await client.close();
    expect(memory.events).toHaveLength(2);
    const { event_id: _id, event_time: _time, ...end } = memory.events[1] ?? {};
    expect(end).toEqual({ event_type: "telemetry", event_name: "source_closed", last: 2, ...left });
    expect(problems).toEqual([]);
  });

  it("still closes a sink that throws when it gets the last event", async () => {
    const memory = memorySink();
    let closed = 0;
    const { client, problems } = setUp({
      sink: {
        ...memory,
        record: (event) => {
          if (event.event_name === "source_closed") throw new Error("full");
          memory.record(event);
        },
        close: async () => {
          closed++;
          return memory.stats();
        },
      },
    });
    client.track("x");
    expect(await client.close()).toMatchObject({ recorded: 1, refused: 1 });
    expect(closed).toBe(1);
    expect(problems).toMatchObject([
      { code: "refused", eventName: "source_closed", message: "an event was not recorded: Error: full" },
    ]);
  });
});
