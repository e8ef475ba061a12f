import { describe, expect, it } from "@jest/globals";
import { audit } from "../audit/audit.ts";
import type { ActivityEvent } from "../event/activity-event.ts";
import type { Verdict } from "../ports/transport.ts";
import { testEvent, testEvents } from "../testing/event-fixtures.ts";
import type { OutboxTrial } from "../testing/outbox-trial.ts";
import { startOutbox } from "../testing/outbox-trial.ts";

const maxEvents = 40;
/** As many as fill the store. */
const allLanes: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8];
const lease = { maxEvents: 5, maxBytes: 10_000 };

/** An outbox of which every lane but 0 is dead until it is healed. An event's lane is its number's thousands. */
function startBesideDeadLanes(batchEvents: number = lease.maxEvents): OutboxTrial & { heal(): void } {
  let healed = false;
  const dead: Verdict = { kind: "retry", reason: { code: "no_leader" } };
  const trial = startOutbox({
    lingerMs: 10,
    store: { maxEvents, lease },
    transport: {
      limits: { ...lease, maxEvents: batchEvents, inFlight: 4 },
      lane: ({ event_id: id }) => Math.floor(Number(id.slice(id.lastIndexOf(".") + 1)) / 1_000),
      verdicts: ({ lane }) => (lane === 0 || healed ? { kind: "delivered" } : dead),
    },
  });
  return Object.assign(trial, {
    heal: () => {
      healed = true;
    },
  });
}

/** The events of one dead lane that fill a lease. */
function eventsOf(lane: number, type: string): readonly ActivityEvent[] {
  return testEvents(lane * 1_000 + 1, lane * 1_000 + lease.maxEvents, { type });
}

/** Fills some dead lanes with a lease each; each is found dead before the next begins. */
async function fillLanes(
  { sink, clock }: OutboxTrial,
  lanes: readonly number[],
  type: string,
): Promise<void> {
  for (const lane of lanes) {
    for (const event of eventsOf(lane, type)) sink.record(event);
    await clock.advance(20);
  }
}

/** Which of ten events of the healthy lane arrive. */
async function deliveredBeside(trial: OutboxTrial, type: string): Promise<number> {
  for (let n = 1; n <= 10; n++) {
    trial.sink.record(testEvent(n, { type }));
    await trial.clock.advance(20);
  }
  return trial.arrived().filter((label) => Number(label) <= 10).length;
}

describe("what dead lanes hold", () => {
  it("does not keep a healthy lane from delivering, although it fills the store", async () => {
    const trial = startBesideDeadLanes();
    await fillLanes(trial, allLanes, "log");
    expect(trial.store.usage).toMatchObject({ events: maxEvents, evictableEvents: 0 });
    expect(await deliveredBeside(trial, "log")).toBe(10);
    expect(trial.sink.stats()).toMatchObject({ dropped: 5, droppedBy: { capacity: 5 } });
  });

  it("pays the oldest of the least important first, a lease at a time", async () => {
    const trial = startBesideDeadLanes();
    await fillLanes(trial, [1, 2, 3, 4], "error");
    await fillLanes(trial, [5, 6, 7, 8], "log");
    await deliveredBeside(trial, "error");
    trial.heal();
    await trial.clock.advance(60_000);
    const lanes = new Set(trial.arrived().map((label) => Math.floor(Number(label) / 1_000)));
    expect([...lanes].filter((lane) => lane > 0).toSorted()).toEqual([1, 2, 3, 4, 6, 7, 8]);
  });

  it("is not given up for what is less important", async () => {
    const trial = startBesideDeadLanes();
    await fillLanes(trial, allLanes, "billing");
    expect(await deliveredBeside(trial, "metric")).toBe(0);
    expect(trial.sink.stats()).toMatchObject({ dropped: 10 });
    expect(await deliveredBeside(trial, "billing")).toBe(10);
  });

  it("is never given up where somebody was told that it is safe", async () => {
    const trial = startBesideDeadLanes();
    for (const lane of allLanes) {
      void trial.sink.write(eventsOf(lane, "log"), { until: "queued" });
      await trial.clock.advance(20);
    }
    expect(await deliveredBeside(trial, "billing")).toBe(0);
    trial.heal();
    await trial.clock.advance(60_000);
    expect(trial.sink.stats()).toMatchObject({ dropped: 10, pending: 0 });
  });

  it("is not given up for a write either where somebody was told that it is safe", async () => {
    const trial = startBesideDeadLanes();
    for (const lane of [1, 2, 3, 4, 5]) {
      void trial.sink.write(eventsOf(lane, "log"), { until: "queued" });
      await trial.clock.advance(20);
    }
    for (const event of testEvents(1, 15, { type: "billing" })) trial.sink.record(event);
    void trial.sink.write(testEvents(16, 20));
    expect(trial.sink.stats()).toMatchObject({ recorded: 45, dropped: 5 });
    trial.heal();
    await trial.clock.advance(60_000);
    expect(trial.arrived()).toEqual(expect.arrayContaining(["1001", "5005", "6", "20"]));
  });

  it("is given up as far as half of the store, then what else can go does", async () => {
    const trial = startBesideDeadLanes();
    await fillLanes(trial, [1, 2, 3, 4, 5], "log");
    for (const event of testEvents(1, 15, { type: "log" })) trial.sink.record(event);
    void trial.sink.write(testEvents(16, 30));
    expect(trial.sink.stats()).toMatchObject({ recorded: 55, dropped: 15 });
    trial.heal();
    await trial.clock.advance(60_000);
    const numbers = trial.arrived().map(Number);
    expect(numbers.filter((n) => n > 1_000)).toHaveLength(20);
    expect(numbers.filter((n) => n <= 15)).toEqual([11, 12, 13, 14, 15]);
  });

  it("stays where it is the destination that fails, and not a lane", async () => {
    const trial = startOutbox({
      lingerMs: 10,
      store: { maxEvents: 30, lease },
      transport: {
        limits: { ...lease, inFlight: 4 },
        lane: ({ event_name: name }) => name.length,
        verdicts: () => ({ kind: "retry", reason: { code: "down" }, scope: "destination" }),
      },
    });
    const waiting = [1, 10, 100, 1_000].flatMap((n) => testEvents(n, n + 4, { type: "log" }));
    for (const event of waiting) trial.sink.record(event);
    await trial.clock.advance(0);
    expect(trial.store.usage.evictableEvents).toBe(0);
    for (const event of testEvents(10_000, 10_010, { type: "log" })) trial.sink.record(event);
    expect(trial.sink.stats()).toMatchObject({ dropped: 1 });
    expect(trial.store.usage.evictableEvents).toBe(10);
  });

  it("stays where it is half of the store or less", async () => {
    const trial = startBesideDeadLanes();
    await fillLanes(trial, [1, 2, 3, 4], "log");
    for (const event of testEvents(9_001, 9_030, { type: "log" })) trial.sink.record(event);
    expect(trial.sink.stats()).toMatchObject({ dropped: 10 });
    trial.heal();
    await trial.clock.advance(60_000);
    expect(trial.arrived()).toEqual(expect.arrayContaining(["1001", "2001", "3001", "4005"]));
  });

  it("stays while a part of its lease is under way, since the store gets no room from the rest", async () => {
    const trial = startBesideDeadLanes(2);
    await fillLanes(trial, allLanes, "log");
    trial.transport.hold();
    await trial.clock.advance(60_000);
    expect(trial.transport.held).toBe(4);
    trial.sink.record(testEvent(1, { type: "log" }));
    trial.heal();
    trial.transport.release();
    await trial.clock.advance(60_000);
    expect(trial.sink.stats()).toMatchObject({ dropped: 1, pending: 0 });
  });

  it("is named by an announcement, so that an audit misses nothing", async () => {
    const trial = startBesideDeadLanes();
    await fillLanes(trial, allLanes, "log");
    await deliveredBeside(trial, "log");
    trial.heal();
    await trial.clock.advance(60_000);
    const closing = trial.sink.close();
    await trial.clock.advance(2_000);
    expect(await closing).toMatchObject({ pending: 0 });
    const announced = trial.transport.arrived
      .map((text) => JSON.parse(text))
      .filter(({ event_name: name }) => name === "events_dropped");
    expect(announced).toMatchObject([{ reason: "capacity", count: 5 }]);
    const { lost } = await audit(trial.transport.arrived.map((text) => JSON.parse(text)));
    expect(lost).toBe(0);
  });
});
