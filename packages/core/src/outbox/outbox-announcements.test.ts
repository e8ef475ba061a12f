import { describe, expect, it } from "@jest/globals";
import { audit } from "../audit/audit.ts";
import { createEvent } from "../event/create-event.ts";
import type { Verdict } from "../ports/transport.ts";
import { testEvent, testEvents, validEvent } from "../testing/event-fixtures.ts";
import type { OutboxTrial } from "../testing/outbox-trial.ts";
import { labelOf, labelsOf, startOutbox } from "../testing/outbox-trial.ts";
import { survivingStore } from "../testing/surviving-store.ts";

const ofLane: Verdict = { kind: "retry", reason: { code: "leaderless" }, scope: "lane" };
const capacity = 40;
/** As a client makes one: an audit judges its numbers. */
const source = "V1StGXR8_Z5jdHi6B-myT";

/** Lane 0 is for billing; everything else, announcements too, goes to lane 1, which is dead until it is healed. */
function besideDeadLane(options: { readonly deliversToo?: string } = {}) {
  let healed = false;
  const isBilling = (text: string): boolean => text.includes('"event_type":"billing"');
  const trial = startOutbox({
    lingerMs: 10,
    store: { maxEvents: capacity, lease: { maxEvents: 5, maxBytes: 10_000 } },
    transport: {
      limits: { maxEvents: 5, inFlight: 4 },
      lane: ({ event_type: type, event_name: name }) =>
        type === "billing" || name === options.deliversToo ? 0 : 1,
      verdicts: ({ lane }) => (lane === 1 && !healed ? ofLane : { kind: "delivered" }),
    },
  });
  let last = 0;
  return {
    ...trial,
    delivered: () => trial.transport.arrived.filter(isBilling).length,
    async round(dead: number, healthy: number): Promise<void> {
      for (let n = 0; n < dead; n++) trial.sink.record(testEvent(++last, { type: "metric" }));
      for (let n = 0; n < healthy; n++) trial.sink.record(testEvent(++last, { type: "billing" }));
      await trial.clock.advance(10);
    },
    heal(): void {
      healed = true;
    },
  };
}

async function unexplained({ transport }: Pick<OutboxTrial, "transport">): Promise<unknown> {
  const { sources } = await audit(transport.arrived.map((text) => JSON.parse(text)));
  return sources.filter(({ lost }) => lost > 0);
}

describe("beside a dead lane an outbox", () => {
  it("goes on delivering what is healthy, and accounts for all it dropped when the lane is back", async () => {
    const trial = besideDeadLane();
    for (let round = 1; round <= 200; round++) {
      await trial.round(20, 5);
      expect(trial.delivered()).toBe(round * 5);
      // A tenth of the store, at most, is for announcements and comes on top.
      expect(trial.store.usage.events).toBeLessThanOrEqual(capacity + 4);
    }
    trial.heal();
    await trial.clock.advance(120_000);
    await trial.sink.close();
    expect(trial.sink.stats()).toMatchObject({ pending: 0, rejected: 0 });
    expect(trial.sink.stats().dropped).toBeGreaterThan(3_000);
    expect(await unexplained(trial)).toEqual([]);
  });

  it("announces by the healthy lane what the dead one costs", async () => {
    const trial = besideDeadLane({ deliversToo: "events_dropped" });
    for (let round = 0; round < 20; round++) await trial.round(20, 5);
    const announced = trial.arrived().filter((label) => label === "events_dropped");
    expect(announced.length).toBeGreaterThan(10);
    expect(trial.delivered()).toBe(100);
  });

  it("names at close what the dead lane held back, in one announcement", async () => {
    const trial = besideDeadLane();
    for (let round = 0; round < 20; round++) await trial.round(20, 5);
    const { recorded } = trial.sink.stats();
    trial.heal();
    const closing = trial.sink.close();
    await trial.clock.advance(2_000);
    expect(await closing).toMatchObject({ recorded: recorded + 2, pending: 0, rejected: 0 });
    expect(await unexplained(trial)).toEqual([]);
  });
});

describe("announcements", () => {
  it("do not expire, since nothing else names what they name", async () => {
    const trial = startOutbox({
      maxAgeMs: 10_000,
      store: { maxEvents: 2 },
      transport: {
        verdicts: (batch) =>
          labelsOf(batch) === "events_dropped" && trial.clock.monotonic() < 30_000
            ? { ...ofLane, afterMs: 15_000 }
            : { kind: "delivered" },
      },
    });
    for (const event of testEvents(1, 5, { source })) trial.sink.record(event);
    await trial.clock.advance(60_000);
    expect(trial.sent()).toEqual([["4", "5"], ...Array(3).fill(["events_dropped"])]);
    await trial.sink.close();
    expect(trial.sink.stats().droppedBy).toEqual({ capacity: 3 });
    expect(await unexplained(trial)).toEqual([]);
  });

  it.each([
    ["lane", 0],
    ["destination", 0],
    ["lane", 60_000],
  ] as const)("do not pile up when a failing %s is flushed again and again", async (scope, afterMs) => {
    const failing: Verdict = { ...ofLane, scope, ...(afterMs > 0 && { afterMs }) };
    const trial = startOutbox({
      store: { maxEvents: 20, lease: { maxEvents: 5, maxBytes: 10_000 } },
      retry: { baseMs: 1, capMs: 1 },
      transport: { limits: { maxEvents: 5 }, verdicts: () => failing },
    });
    for (let round = 0; round < 100; round++) {
      for (const event of testEvents(1, 30)) trial.sink.record(event);
      const flushing = trial.sink.flush({ timeoutMs: 1 });
      await trial.clock.advance(1);
      await flushing;
    }
    expect(trial.store.usage.events).toBeLessThanOrEqual(21);
  });

  it("of many sources come in parts, none larger than a tenth of the store", async () => {
    const store = { maxEvents: 40, lease: { maxEvents: 40, maxBytes: 100_000 } };
    const trial = startOutbox({ store, transport: { limits: { maxEvents: 40 } } });
    trial.transport.hold();
    for (let source = 0; source < 60; source++)
      trial.sink.record(testEvent(1, { source: `s${source}`, type: "metric" }));
    trial.transport.release();
    await trial.clock.advance(60_000);
    const announced = (batch: { readonly texts: readonly string[] }): number =>
      batch.texts.filter((text) => labelOf(text) === "events_dropped").length;
    const parts = trial.transport.sent.map(announced).filter((count) => count > 0);
    expect(parts).toEqual([4, 4, 4, 4, 4]);
    const told = trial.problems.filter(({ count }) => count !== undefined);
    expect(told.map(({ count }) => count)).toEqual([20]);
  });

  it("do not pile up when a hop that hangs is flushed again and again", async () => {
    const trial = startOutbox({ store: { maxEvents: 20 }, transport: { limits: { maxEvents: 5 } } });
    trial.transport.hold();
    for (let round = 0; round < 10; round++) {
      for (const event of testEvents(1, 30)) trial.sink.record(event);
      void trial.sink.flush({ timeoutMs: 0 });
      await trial.clock.advance(0);
    }
    expect(trial.sink.stats().recorded - 300).toBe(1);
  });

  it("wait while nothing can be sent, and then say all", async () => {
    let up = false;
    const trial = startOutbox({
      store: { maxEvents: 2, lease: { maxEvents: 1, maxBytes: 10_000 } },
      transport: {
        limits: { maxEvents: 1 },
        verdicts: () => (up ? { kind: "delivered" } : { ...ofLane, scope: "destination", afterMs: 5_000 }),
      },
    });
    trial.sink.record(testEvent(1));
    await trial.clock.advance(0);
    for (const event of testEvents(2, 9)) trial.sink.record(event);
    void trial.sink.flush({ timeoutMs: 0 });
    expect(trial.sink.stats().recorded).toBe(9);
    up = true;
    await trial.clock.advance(10_000);
    expect(trial.arrived().toSorted()).toEqual(["1", "9", "events_dropped"]);
  });

  it("wait for a lane that does not fail, where their lane changes", async () => {
    let asked = 0;
    const trial = startOutbox({
      store: { maxEvents: 5, lease: { maxEvents: 1, maxBytes: 10_000 } },
      lingerMs: 10,
      transport: {
        limits: { maxEvents: 1, inFlight: 2 },
        lane: ({ event_type: type }) =>
          type === "telemetry" ? Number(asked++ % 8 < 4) : Number(type === "metric"),
        verdicts: ({ lane }) => (lane === 1 ? ofLane : { kind: "delivered" }),
      },
    });
    trial.sink.record(testEvent(1, { type: "metric" }));
    await trial.clock.advance(10);
    for (let n = 2; n < 60; n++) {
      trial.sink.record(testEvent(n, { type: n % 6 === 0 ? "billing" : "metric" }));
      await trial.clock.advance(10);
    }
    expect(trial.arrived().filter((label) => label === "events_dropped")).toHaveLength(2);
  });

  it("that one on its way held back are covered by a flush, too", async () => {
    const trial = startOutbox({ store: { maxEvents: 2 }, transport: { limits: { maxEvents: 2 } } });
    for (const event of testEvents(1, 3)) trial.sink.record(event);
    trial.transport.hold();
    void trial.sink.flush();
    await trial.clock.advance(0);
    for (const event of testEvents(4, 6)) trial.sink.record(event);
    const flushing = trial.sink.flush().then(() => trial.arrived());
    for (let batch = 0; batch < 9; batch++) {
      await trial.clock.advance(0);
      trial.transport.release(1);
    }
    await trial.clock.advance(0);
    expect((await flushing).filter((label) => label === "events_dropped")).toHaveLength(2);
  });

  it("leave at once at close, although one is stuck", async () => {
    const lanes = [1, 0, 0];
    const trial = startOutbox({
      store: { maxEvents: 3, lease: { maxEvents: 2, maxBytes: 10_000 } },
      transport: {
        limits: { maxEvents: 2, inFlight: 2 },
        lane: ({ event_name: name }) => (name === "events_dropped" ? (lanes.shift() ?? 0) : 0),
        verdicts: ({ lane }) => (lane === 1 ? ofLane : { kind: "delivered" }),
      },
    });
    lanes.unshift(1); // Asked once before it is written.
    for (const event of testEvents(1, 4)) trial.sink.record(event);
    void trial.sink.flush({ timeoutMs: 100 });
    await trial.clock.advance(100);
    for (const event of testEvents(5, 9)) trial.sink.record(event);
    const closing = trial.sink.close({ timeoutMs: 500 });
    await trial.clock.advance(500);
    expect(await closing).toMatchObject({
      droppedBy: { capacity: expect.any(Number), closed: 2 },
      pending: 0,
    });
    expect(trial.arrived()).toContain("events_dropped");
  });

  it("are written at the end, although one is stuck", async () => {
    const trial = startOutbox({
      store: (clock) => survivingStore({ clock, maxEvents: 3, lease: { maxEvents: 2, maxBytes: 10_000 } }),
      transport: { limits: { maxEvents: 2 } },
    });
    trial.transport.hold();
    for (const event of testEvents(1, 4)) trial.sink.record(event);
    const closing = trial.sink.close({ timeoutMs: 100 });
    await trial.clock.advance(50);
    trial.sink.record(testEvent(5));
    await trial.clock.advance(50);
    // Of the first four, of the fifth, and the end of their source.
    expect(await closing).toMatchObject({ recorded: 8, handedOver: 6, dropped: 2, pending: 0 });
  });

  it("of a dead process stand in the way of none of the next one's", async () => {
    const left = createEvent({
      type: "telemetry",
      name: "events_dropped",
      id: "dead.1",
      time: validEvent.event_time,
    });
    const trial = startOutbox({
      transport: {
        limits: { maxEvents: 1, inFlight: 4 },
        // What was left stands in lane 0.
        lane: ({ event_name: name }) => (name === "events_dropped" ? 2 : 1),
        verdicts: ({ lane }) => (lane === 0 ? ofLane : { kind: "delivered" }),
      },
      store: (clock) => survivingStore({ clock, maxEvents: 3, left: [left.text] }),
    });
    await trial.clock.advance(2_000);
    expect(trial.transport.sent.every(({ texts }) => texts.includes(left.text))).toBe(true);
    for (const event of testEvents(1, 8)) trial.sink.record(event);
    await trial.clock.advance(60_000);
    expect(trial.sink.stats()).toMatchObject({ adopted: 1, pending: 1 });
    expect(trial.arrived().filter((label) => label === "events_dropped")).toHaveLength(1);
    expect(await unexplained(trial)).toEqual([]);
  });
});
