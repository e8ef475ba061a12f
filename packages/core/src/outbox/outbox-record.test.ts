import { describe, expect, it } from "@jest/globals";
import type { Importance } from "../ports/store.ts";
import type { Verdict } from "../ports/transport.ts";
import { testEvent, testEvents } from "../testing/event-fixtures.ts";
import { startOutbox } from "../testing/outbox-trial.ts";

const unreachable: Verdict = { kind: "retry", reason: { code: "unreachable" }, scope: "destination" };

describe("options of an outbox", () => {
  it.each([
    [{ lingerMs: Number.NaN }, "lingerMs is NaN; it must be 0 or more"],
    [{ lingerMs: -1 }, "lingerMs is -1"],
    [{ maxAgeMs: 0 }, "maxAgeMs is 0; it must be 1 or more"],
    [{ retry: { baseMs: -1, capMs: 1 } }, "retry.baseMs is -1"],
    [{ retry: { baseMs: 1, capMs: Number.NaN } }, "retry.capMs is NaN"],
  ])("are refused where they cannot be: %j", (options, message) => {
    expect(() => startOutbox(options)).toThrow(message);
  });
});

describe("record", () => {
  it("waits for company for the linger, and no longer", async () => {
    const trial = startOutbox({ lingerMs: 1_000 });
    trial.sink.record(testEvent(1));
    await trial.clock.advance(400);
    trial.sink.record(testEvent(2));
    await trial.clock.advance(599);
    expect(trial.sent()).toEqual([]);
    await trial.clock.advance(1);
    expect(trial.sent()).toEqual([["1", "2"]]);
    trial.sink.record(testEvent(3));
    await trial.clock.advance(999);
    expect(trial.sent()).toHaveLength(1);
    await trial.clock.advance(1);
    expect(trial.sent()).toEqual([["1", "2"], ["3"]]);
  });

  it("lingers for 1,000 ms unless told otherwise", async () => {
    const trial = startOutbox();
    trial.sink.record(testEvent(1));
    await trial.clock.advance(999);
    expect(trial.sent()).toEqual([]);
    await trial.clock.advance(1);
    expect(trial.sent()).toEqual([["1"]]);
  });

  it("sends at once without a linger", async () => {
    const trial = startOutbox({ lingerMs: 0 });
    trial.sink.record(testEvent(1));
    await trial.clock.advance(0);
    expect(trial.arrived()).toEqual(["1"]);
  });

  it.each([
    ["events", { maxEvents: 3 }],
    ["bytes", { maxBytes: 3 * (testEvent(1).text.length + 1) }],
  ])("does not linger when a batch is full of %s", async (_, limits) => {
    const trial = startOutbox({ transport: { limits } });
    for (const event of testEvents(1, 2)) trial.sink.record(event);
    await trial.clock.advance(0);
    expect(trial.sent()).toEqual([]);
    trial.sink.record(testEvent(3));
    expect(trial.sent()).toEqual([]); // Not inside record itself.
    await trial.clock.advance(0);
    expect(trial.sent()).toEqual([["1", "2", "3"]]);
  });

  it("is not put off by others that come and go", async () => {
    const trial = startOutbox({
      transport: { limits: { maxEvents: 2 }, lane: ({ event_id: id }) => (id === "test.1" ? 1 : 0) },
    });
    trial.sink.record(testEvent(1));
    for (const n of [2, 4, 6]) {
      await trial.clock.advance(300);
      for (const event of testEvents(n, n + 1)) trial.sink.record(event);
    }
    await trial.clock.advance(99);
    expect(trial.sent()).toEqual([
      ["2", "3"],
      ["4", "5"],
      ["6", "7"],
    ]);
    await trial.clock.advance(1);
    expect(trial.sent().at(-1)).toEqual(["1"]);
  });

  it("counts the linger from the entry, also where nothing can be sent meanwhile", async () => {
    const trial = startOutbox({
      transport: { limits: { maxEvents: 1 } },
      store: { lease: { maxEvents: 2, maxBytes: 9_000 } },
    });
    trial.transport.hold();
    for (const event of testEvents(1, 3)) trial.sink.record(event);
    await trial.clock.advance(1_500);
    expect(trial.sent()).toEqual([["1"]]);
    trial.transport.release();
    await trial.clock.advance(0);
    expect(trial.sent()).toEqual([["1"], ["2"], ["3"]]);
  });

  it("does not count events in flight as company", async () => {
    const trial = startOutbox({ transport: { limits: { maxEvents: 2, inFlight: 2, perLane: 2 } } });
    trial.transport.hold();
    for (const event of testEvents(1, 2)) trial.sink.record(event);
    void trial.sink.flush({ timeoutMs: 0 });
    await trial.clock.advance(500);
    trial.sink.record(testEvent(3));
    await trial.clock.advance(999);
    expect(trial.sent()).toEqual([["1", "2"]]);
    await trial.clock.advance(1);
    expect(trial.sent()).toEqual([["1", "2"], ["3"]]);
  });

  it("begins a linger of its own after others were taken back, or there were none", async () => {
    const trial = startOutbox({ transport: { limits: { inFlight: 2, perLane: 2 } } });
    trial.transport.hold();
    void trial.sink.write([testEvent(1)]);
    await trial.sink.write([]);
    const stop = new AbortController();
    const writing = trial.sink.write([testEvent(2)], { signal: stop.signal });
    trial.transport.release();
    stop.abort();
    await writing;
    await trial.clock.advance(500);
    expect(trial.sink.stats()).toMatchObject({ delivered: 1, withdrawn: 1, pending: 0 });
    await trial.sink.write([]);
    trial.sink.record(testEvent(3));
    await trial.clock.advance(999);
    expect(trial.sent()).toEqual([["1"]]);
    await trial.clock.advance(1);
    expect(trial.sent()).toEqual([["1"], ["3"]]);
  });

  it("does not keep the process alive", async () => {
    const trial = startOutbox({ transport: { verdicts: [unreachable] } });
    trial.sink.record(testEvent(1));
    expect(trial.unref()).toEqual([true]);
    await trial.clock.advance(1_000);
    expect(trial.unref()).toEqual([true]); // Waits for the destination to open.
    await trial.clock.advance(1_000);
    expect(trial.arrived()).toEqual(["1"]);
    expect(trial.unref()).toEqual([]);
  });

  it.each([
    [
      "lane",
      {
        transport: {
          lane: () => {
            throw new Error("broken");
          },
        },
      },
    ],
    [
      "importanceOf",
      {
        importanceOf: () => {
          throw new Error("broken");
        },
      },
    ],
    ["importanceOf with something odd", { importanceOf: () => 2.5 as Importance }],
    ["importanceOf with something negative", { importanceOf: () => -1 as Importance }],
  ])("bears a broken %s", async (_, options) => {
    const trial = startOutbox(options);
    trial.sink.record(testEvent(1));
    await trial.sink.flush();
    expect(trial.arrived()).toEqual(["1"]);
  });

  it("keeps the order of a lane", async () => {
    const trial = startOutbox({
      transport: {
        limits: { maxEvents: 2, inFlight: 5 },
        lane: ({ event_name: name }) => Number(name.slice(-1)) % 2,
      },
    });
    for (const event of testEvents(1, 9)) trial.sink.record(event);
    await trial.sink.flush();
    const ofLane = (lane: number): string[] =>
      trial.transport.sent.flatMap((batch, index) =>
        batch.lane === lane ? (trial.sent()[index] ?? []) : [],
      );
    expect([ofLane(0), ofLane(1)]).toEqual([
      ["2", "4", "6", "8"],
      ["1", "3", "5", "7", "9"],
    ]);
  });
});
