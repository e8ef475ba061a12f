import { describe, expect, it } from "@jest/globals";
import { createClient } from "../client/create-client.ts";
import type { Verdict } from "../ports/transport.ts";
import { testEvent, testEvents } from "../testing/event-fixtures.ts";
import { startOutbox } from "../testing/outbox-trial.ts";
import type { SurvivingStore } from "../testing/surviving-store.ts";
import { survivingStore } from "../testing/surviving-store.ts";

const unreachable: Verdict = { kind: "retry", reason: { code: "unreachable" }, scope: "destination" };

/** Whether a promise has an answer by now. */
async function ended(promise: Promise<unknown>): Promise<boolean> {
  return Promise.race([promise.then(() => true), Promise.resolve().then(() => Promise.resolve(false))]);
}

describe("a store that survives", () => {
  function start(
    options: {
      readonly left?: readonly string[];
      readonly ended?: readonly { readonly name: string; readonly last: number }[];
      readonly verdicts?: readonly Verdict[];
      readonly announceDrops?: boolean;
    } = {},
  ) {
    let store: SurvivingStore | undefined;
    const trial = startOutbox({
      transport: { limits: { maxEvents: 2 }, verdicts: options.verdicts },
      announceDrops: options.announceDrops,
      store: (clock) => {
        store = survivingStore({
          clock,
          left: options.left,
          ended: options.ended,
          lease: { maxEvents: 2, maxBytes: 100_000 },
        });
        return store;
      },
    });
    if (store === undefined) throw new Error("the outbox asked for no store");
    return { ...trial, disk: store };
  }

  it("has what it adopted sent without being asked", async () => {
    const trial = start({ left: [testEvent(1).text] });
    await trial.clock.advance(1_000);
    expect(trial.arrived()).toEqual(["1"]);
    expect(trial.sink.stats()).toMatchObject({ recorded: 0, adopted: 1, delivered: 1, pending: 0 });
  });

  it("hands over what another process has taken from it, and nobody waits for that any more", async () => {
    const trial = start();
    await trial.clock.advance(29_999);
    trial.sink.record(testEvent(1));
    trial.sink.record(testEvent(2));
    trial.disk.withdraw?.(1, 2);
    let taken = { count: 2, positions: [1, 2] };
    trial.disk.takenOver = () => {
      const now = taken;
      taken = { count: 0, positions: [] };
      return now;
    };
    const flushed = trial.sink.flush({ timeoutMs: 60_000 });
    await trial.clock.advance(1);
    expect(await flushed).toMatchObject({ recorded: 2, handedOver: 2, pending: 0, dropped: 0 });
    expect(trial.arrived()).toEqual([]);
  });

  it("is asked every half minute what others left, also while nothing happens, until it is closed", async () => {
    const trial = start();
    expect(trial.disk.adoptions).toBe(1);
    await trial.clock.advance(29_999);
    expect(trial.disk.adoptions).toBe(1);
    await trial.clock.advance(1);
    expect(trial.disk.adoptions).toBe(2);
    await trial.clock.advance(60_000);
    expect(trial.disk.adoptions).toBe(4);
    await trial.sink.close();
    await trial.clock.advance(60_000);
    expect(trial.disk.adoptions).toBe(4);
  });

  it("does not pay a flush off with adopted events", async () => {
    const trial = start({ left: testEvents(1, 4, { source: "other" }).map(({ text }) => text) });
    trial.transport.hold();
    for (const event of testEvents(11, 12)) trial.sink.record(event);
    const flushing = trial.sink.flush();
    for (let batch = 1; batch <= 2; batch++) {
      await trial.clock.advance(0);
      trial.transport.release(1);
      await trial.clock.advance(0);
      expect(await ended(flushing)).toBe(false);
    }
    expect(trial.arrived()).toEqual(["1", "2", "3", "4"]);
    trial.transport.release(1);
    await trial.clock.advance(0);
    expect(await ended(flushing)).toBe(true);
  });

  it("does not make a flush wait for adopted events", async () => {
    const trial = start({ left: [testEvent(1).text] });
    trial.transport.hold();
    expect(await trial.sink.flush()).toMatchObject({ adopted: 1, pending: 1 });
  });

  it("answers a durable write when the disk has it", async () => {
    const trial = start();
    trial.transport.hold();
    const writing = trial.sink.write([testEvent(1)], { until: "durable" });
    await trial.clock.advance(0);
    expect([await ended(writing), trial.sent(), trial.unref()]).toEqual([false, [], [true]]);
    trial.disk.flushDisk();
    expect(await writing).toEqual({ state: "done", reached: "durable" });
    await trial.clock.advance(1_000);
    expect(trial.sent()).toEqual([["1"]]);
    // What is left is the look for what others leave, which keeps nobody alive.
    expect(trial.unref()).toEqual([true]);
  });

  it("answers a durable write when the next hop has it, should that come first", async () => {
    const trial = start();
    const writing = trial.sink.write(testEvents(1, 2), { until: "durable" });
    await trial.clock.advance(0);
    expect(await writing).toEqual({ state: "done", reached: "delivered" });
    trial.disk.flushDisk();
    await trial.clock.advance(0);
    expect(trial.sink.stats()).toMatchObject({ delivered: 2, pending: 0 });
  });

  it("answers a durable write on delivery where the disk fails", async () => {
    const trial = start();
    trial.transport.hold();
    const writing = trial.sink.write([testEvent(1)], { until: "durable" });
    trial.disk.flushDisk(new Error("no space left"));
    await trial.clock.advance(0);
    expect(await ended(writing)).toBe(false);
    expect(trial.sent()).toEqual([["1"]]);
    trial.transport.release();
    await trial.clock.advance(0);
    expect(await writing).toEqual({ state: "done", reached: "delivered" });
  });

  it("withdraws a durable write that was aborted, and does not answer it again", async () => {
    const trial = start();
    const stop = new AbortController();
    const writing = trial.sink.write([testEvent(1)], { until: "durable", signal: stop.signal });
    stop.abort();
    expect(await writing).toMatchObject({ except: [{ was: "withdrawn" }] });
    trial.disk.flushDisk();
    await trial.clock.advance(5_000);
    expect(trial.sent()).toEqual([]);
    expect(trial.sink.stats()).toMatchObject({ withdrawn: 1, pending: 0 });
  });

  it("does not send an aborted durable write again when the disk is done with it", async () => {
    const trial = start({ verdicts: [unreachable] });
    trial.transport.hold();
    const stop = new AbortController();
    void trial.sink.write(testEvents(1, 2), { until: "durable", signal: stop.signal });
    await trial.clock.advance(0);
    stop.abort();
    trial.disk.flushDisk();
    await trial.clock.advance(0);
    trial.transport.release();
    await trial.clock.advance(5_000);
    expect(trial.sent()).toEqual([["1", "2"]]);
    expect(trial.sink.stats()).toMatchObject({ withdrawn: 2, pending: 0 });
  });

  it("is asked again when what it was loading is there", async () => {
    const trial = start();
    trial.disk.loading = true;
    const writing = trial.sink.write([testEvent(1)]);
    await trial.clock.advance(10_000);
    expect(trial.sent()).toEqual([]);
    trial.disk.loading = false;
    await trial.clock.advance(0);
    expect(await writing).toEqual({ state: "done", reached: "delivered" });
  });

  it("has the sources of dead processes ended, under an id that is none of their numbers", async () => {
    const trial = start({ ended: [{ name: "dead", last: 7 }], left: [testEvent(1).text] });
    await trial.sink.close();
    const texts = trial.transport.arrived.map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(texts).toContainEqual(
      expect.objectContaining({
        event_id: "dead.7.closed",
        event_name: "source_closed",
        source: "dead",
        last: 7,
        adopted: true,
      }),
    );
    expect(trial.sink.stats()).toMatchObject({ recorded: 1, adopted: 1, pending: 0 });
  });

  it("says nothing of dead processes where nothing is announced", async () => {
    const trial = start({ ended: [{ name: "dead", last: 7 }], announceDrops: false });
    await trial.sink.close();
    expect(trial.sent()).toEqual([]);
  });

  it("is told of a client's source once, before its first event, and not of those of others", async () => {
    const trial = start();
    const client = createClient({ sink: trial.sink });
    trial.sink.record(testEvent(1));
    client.forward(testEvent(2));
    expect(trial.disk.begun).toEqual([]);
    client.track("one");
    client.with({ n: 1 }).track("two");
    expect(trial.disk.begun).toHaveLength(1);
    expect(trial.disk.begun[0]).toMatchObject({ name: expect.stringMatching(/./), last: 2 });
    createClient({ sink: trial.sink, createId: () => "own" }).track("three");
    expect(trial.disk.begun).toHaveLength(1);
  });

  it("has only those events counted as lost at close that it could not put away", async () => {
    const trial = start({ verdicts: [unreachable] });
    for (const event of testEvents(1, 5)) trial.sink.record(event);
    trial.disk.perishable = 2;
    trial.transport.hold();
    const closing = trial.sink.close({ timeoutMs: 100 });
    await trial.clock.advance(200);
    expect(await closing).toMatchObject({ recorded: 5, handedOver: 3, dropped: 2, droppedBy: { closed: 2 } });
  });
});
