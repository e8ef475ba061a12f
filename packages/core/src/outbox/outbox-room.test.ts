import { describe, expect, it } from "@jest/globals";
import type { Verdict } from "../ports/transport.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import { testEvent, testEvents } from "../testing/event-fixtures.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import { startOutbox } from "../testing/outbox-trial.ts";
import { recordingTransport } from "../testing/recording-transport.ts";
import { createOutbox } from "./outbox.ts";

const unreachable: Verdict = { kind: "retry", reason: { code: "unreachable" }, scope: "destination" };

describe("room", () => {
  const reason = { code: "capacity" };
  const bytes = (events: number): number => events * (testEvent(1).text.length + 1);

  it("is made by dropping the oldest of the least important", async () => {
    const trial = startOutbox({ store: { maxEvents: 3 } });
    const types = ["metric", "billing", "metric", "log", "error"];
    for (const [index, type] of types.entries()) trial.sink.record(testEvent(index + 1, { type }));
    expect(trial.sink.stats()).toMatchObject({
      recorded: 5,
      dropped: 2,
      droppedBy: { capacity: 2 },
      pending: 3,
    });
    await trial.sink.flush();
    expect(trial.arrived().slice(0, 3)).toEqual(["2", "4", "5"]);
  });

  it.each([
    ["events", { maxEvents: 2 }],
    ["bytes", { maxBytes: bytes(2) }],
  ])("ends exactly at its bound of %s", (_, store) => {
    const trial = startOutbox({ store });
    for (const event of testEvents(1, 2)) trial.sink.record(event);
    expect(trial.sink.stats().dropped).toBe(0);
    trial.sink.record(testEvent(3));
    expect(trial.sink.stats()).toMatchObject({ dropped: 1, pending: 2 });
  });

  it("is made as the host says what matters", async () => {
    const trial = startOutbox({
      store: { maxEvents: 1 },
      importanceOf: ({ event_name: name }) => (name === "event_1" ? 5 : 0),
    });
    for (const event of testEvents(1, 2)) trial.sink.record(event);
    await trial.sink.flush();
    expect(trial.arrived()[0]).toBe("1");
  });

  it("cannot be claimed for ever by the host", () => {
    const trial = startOutbox({ store: { maxEvents: 2 }, importanceOf: () => 6 });
    for (const event of testEvents(1, 5)) trial.sink.record(event);
    expect(trial.sink.stats()).toMatchObject({ dropped: 3, pending: 2 });
  });

  it.each([
    ["events", { maxEvents: 3 }],
    ["bytes", { maxBytes: bytes(3) }],
  ])("is refused to a write when what is kept leaves too little of its %s", async (_, store) => {
    const trial = startOutbox({ store });
    await trial.sink.write(testEvents(1, 2), { until: "queued" });
    const before = trial.sink.stats();
    expect(await trial.sink.write(testEvents(3, 4), { until: "queued" })).toEqual({
      state: "refused",
      reason,
      retryAfterMs: 1_000,
    });
    expect(trial.sink.stats()).toEqual(before);
    expect(await trial.sink.write([testEvent(3)], { until: "queued" })).toMatchObject({ state: "done" });
    trial.sink.record(testEvent(4));
    expect(trial.sink.stats()).toMatchObject({ dropped: 1, pending: 3 });
  });

  it("is measured in bytes, not in characters", async () => {
    const fill = "漢".repeat(1_000);
    const trial = startOutbox({ store: { maxBytes: 4_000 } });
    expect(await trial.sink.write([testEvent(1, { fill })], { until: "queued" })).toMatchObject({
      state: "done",
    });
    expect(
      await trial.sink.write([testEvent(2, { fill: "漢".repeat(300) })], { until: "queued" }),
    ).toMatchObject({ reason });
  });

  it("is given to a write by dropping what may go", async () => {
    const trial = startOutbox({ store: { maxEvents: 3 } });
    for (const event of testEvents(1, 3)) trial.sink.record(event);
    expect(await trial.sink.write(testEvents(4, 6), { until: "queued" })).toMatchObject({ state: "done" });
    expect(trial.sink.stats()).toMatchObject({ dropped: 3, pending: 3 });
    await trial.sink.flush();
    expect(trial.arrived().slice(0, 3)).toEqual(["4", "5", "6"]);
  });

  it("is not made of what is in flight", async () => {
    const trial = startOutbox({ store: { maxEvents: 2 } });
    trial.transport.hold();
    for (const event of testEvents(1, 2)) trial.sink.record(event);
    await trial.clock.advance(1_000);
    trial.sink.record(testEvent(3));
    expect(trial.sink.stats()).toMatchObject({ dropped: 1, pending: 2 });
    expect(await trial.sink.write([testEvent(4)])).toMatchObject({ state: "refused" });
    trial.transport.release();
    await trial.clock.advance(0);
    expect(trial.arrived().slice(0, 2)).toEqual(["1", "2"]);
  });

  it("is promised for when the destination opens", async () => {
    const trial = startOutbox({
      store: { maxEvents: 1 },
      transport: { verdicts: [{ ...unreachable, afterMs: 9_000 }] },
    });
    void trial.sink.write([testEvent(1)]);
    await trial.clock.advance(2_000);
    expect(await trial.sink.write([testEvent(2)])).toMatchObject({ state: "refused", retryAfterMs: 7_000 });
  });

  it("is not confused by a host that records while it hears of a drop", async () => {
    const clock = fakeClock();
    const transport = recordingTransport();
    const sink = createOutbox(transport, createMemoryStore({ clock, maxEvents: 3 }), {
      clock,
      onProblem: () => sink.record(testEvent(99, { type: "metric" })),
    });
    for (const event of testEvents(1, 3)) sink.record(event);
    const outcome = await sink.write(testEvents(4, 6));
    expect(outcome).toEqual({ state: "done", reached: "delivered" });
    const arrived = transport.arrived.join();
    for (const event of testEvents(4, 6)) expect(arrived).toContain(event.text);
  });
});
