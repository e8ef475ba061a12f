import { describe, expect, it } from "@jest/globals";
import { memorySink } from "../sinks/memory-sink.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import type { ClientOptions } from "./client.ts";
import { createClient } from "./create-client.ts";

function setUp(sample: ClientOptions["sample"], random: () => number) {
  const sink = memorySink();
  const clock = fakeClock({ random });
  return { sink, clock, client: createClient({ sink, clock, sample, onProblem: () => {} }) };
}

describe("sampling", () => {
  it.each([
    [0.5, 0, true],
    [0.5, 0.499, true],
    [0.5, 0.5, false],
    [0.5, 0.999, false],
    [0.01, 0.009, true],
    [0.01, 0.01, false],
  ])("with a rate of %p and a die of %p keeps: %p", (rate, die, kept) => {
    const { sink, client } = setUp(rate, () => die);
    client.track("x", { a: 1 });
    expect(sink.events).toMatchObject(kept ? [{ a: 1, sample_rate: rate }] : []);
    expect(client.stats()).toMatchObject({ recorded: kept ? 1 : 0, sampledOut: kept ? 0 : 1, refused: 0 });
  });

  it.each([[1], [undefined]])("with a rate of %p keeps all, asks no die and marks nothing", (rate) => {
    const { sink, client } = setUp(rate, () => {
      throw new Error("asked");
    });
    client.track("x");
    expect(sink.events).toHaveLength(1);
    expect(sink.events[0]).not.toHaveProperty("sample_rate");
  });

  it("may be by type and name, and keeps all that it does not know", () => {
    const rates: Record<string, number | undefined> = { half: 0.5, none: 0, more: 2, nan: Number.NaN };
    const asked: [string, string][] = [];
    const { sink, client } = setUp(
      (type, name) => {
        asked.push([type, name]);
        return rates[name] as number;
      },
      () => 0.25,
    );
    for (const name of ["half", "none", "more", "nan", "unknown"]) client.record("log", name);
    expect(asked).toEqual(["half", "none", "more", "nan", "unknown"].map((name) => ["log", name]));
    expect(sink.events.map(({ event_name, sample_rate }) => [event_name, sample_rate])).toEqual([
      ["half", 0.5],
      ["more", undefined],
      ["nan", undefined],
      ["unknown", undefined],
    ]);
    expect(client.stats().sampledOut).toBe(1);
  });

  it("has the last word about its attribute", () => {
    const { sink, client } = setUp(0.5, () => 0);
    client.recordMetric("x", 1, { sample_rate: 9, value: 9 });
    expect(sink.events).toMatchObject([{ sample_rate: 0.5, value: 1 }]);
  });

  it("keeps its attribute and a metric's value on events with too many others", () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`k${index}`, index]));
    const { sink, client } = setUp(0.5, () => 0);
    client.with(many).recordMetric("x", 1, many);
    expect(sink.events).toMatchObject([
      { sample_rate: 0.5, value: 1, attributes_omitted: expect.any(Number) },
    ]);
  });

  it("refuses an event when the host's function throws", () => {
    const { sink, client } = setUp(() => {
      throw new Error("no");
    }, Math.random);
    client.track("x");
    expect(sink.events).toEqual([]);
    expect(client.stats()).toMatchObject({ refused: 1, sampledOut: 0 });
  });
});
