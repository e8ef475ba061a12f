import { describe, expect, it } from "@jest/globals";
import type { WriteOutcome } from "../ports/sink.ts";
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

describe("close", () => {
  it("delivers what waits, and closes transport and store once", async () => {
    const trial = startOutbox();
    let storeClosed = 0;
    trial.store.close = async () => void storeClosed++;
    trial.sink.record(testEvent(1));
    const [first, second] = [trial.sink.close(), trial.sink.close({ timeoutMs: 0 })];
    expect(second).toBe(first);
    expect(await first).toMatchObject({ recorded: 1, delivered: 1, pending: 0 });
    expect([trial.transport.closed, storeClosed]).toEqual([1, 1]);
    expect(trial.clock.pending).toEqual([]);
    expect(trial.sink.close()).toBe(first);
    expect(await trial.sink.flush()).toBe(await first);
  });

  it("has nothing to wait for before anything was recorded", async () => {
    const trial = startOutbox();
    expect(await trial.sink.close()).toMatchObject({ recorded: 0, pending: 0 });
    expect(trial.clock.monotonic()).toBe(0);
    expect(trial.transport.closed).toBe(1);
  });

  it("waits for what is in flight", async () => {
    const trial = startOutbox();
    trial.transport.hold();
    trial.sink.record(testEvent(1));
    await trial.clock.advance(1_000);
    const closing = trial.sink.close();
    await trial.clock.advance(1_000);
    expect([await ended(closing), trial.transport.closed]).toEqual([false, 0]);
    trial.transport.release();
    await trial.clock.advance(0);
    expect(await closing).toMatchObject({ delivered: 1 });
  });

  it.each([
    [undefined, 2_000, 100],
    [500, 500, 50],
    [10, 10, 1],
  ])(
    "with a timeout of %p ms ends after %d ms, the last %d for attempts to end",
    async (timeoutMs, endsAt, graceMs) => {
      let aborted = 0;
      const trial = startOutbox({ transport: { ignoresAbort: true } });
      const { send } = trial.transport;
      trial.transport.send = (batch, signal) => {
        signal.addEventListener("abort", () => {
          aborted = trial.clock.monotonic();
        });
        return send(batch, signal);
      };
      trial.transport.hold();
      trial.sink.record(testEvent(1));
      const closing = trial.sink.close(timeoutMs === undefined ? undefined : { timeoutMs });
      await trial.clock.advance(endsAt - 0.5);
      expect(await ended(closing)).toBe(false);
      await trial.clock.advance(0.5);
      expect(await ended(closing)).toBe(true);
      expect(aborted).toBe(endsAt - graceMs);
      expect(await closing).toMatchObject({ dropped: 1, droppedBy: { closed: 1 }, pending: 0 });
      expect(trial.problems).toEqual([
        { code: "dropped", message: "1 event(s) were left at close", count: 1, reason: { code: "closed" } },
      ]);
      expect(trial.clock.pending).toEqual([]);
    },
  );

  it("counts what arrives in the last moment", async () => {
    const trial = startOutbox({ transport: { ignoresAbort: true } });
    trial.transport.hold();
    trial.sink.record(testEvent(1));
    const closing = trial.sink.close();
    await trial.clock.advance(1_950);
    trial.transport.release();
    await trial.clock.advance(0);
    expect(await closing).toMatchObject({ delivered: 1, dropped: 0 });
  });

  it("takes no notice of answers that come later", async () => {
    const trial = startOutbox({ transport: { ignoresAbort: true } });
    trial.transport.hold();
    const writing = trial.sink.write([testEvent(1)]);
    const closing = trial.sink.close({ timeoutMs: 100 });
    await trial.clock.advance(100);
    const closed = await closing;
    trial.transport.release();
    await trial.clock.advance(10_000);
    expect(trial.sink.stats()).toEqual(closed);
    expect(trial.sent()).toHaveLength(1);
    expect(await writing).toEqual({
      state: "done",
      reached: "delivered",
      except: [{ index: 0, was: "dropped", reason: { code: "closed" } }],
    });
  });

  it("sends nothing again after its deadline", async () => {
    const trial = startOutbox({
      transport: { limits: { maxEvents: 1 }, lane: ({ event_id: id }) => Number(id.at(-1)) },
    });
    trial.transport.hold();
    for (const event of testEvents(1, 3)) trial.sink.record(event);
    const closing = trial.sink.close({ timeoutMs: 1_000 });
    await trial.clock.advance(1_000);
    expect(await closing).toMatchObject({ dropped: 3 });
    expect(trial.sent()).toEqual([["1"]]);
  });

  it("hurries through back-off", async () => {
    const trial = startOutbox({
      retry: { baseMs: 20_000, capMs: 60_000 },
      transport: { verdicts: [unreachable] },
    });
    trial.sink.record(testEvent(1));
    await trial.clock.advance(1_000);
    const closing = trial.sink.close();
    await trial.clock.advance(0);
    expect(await closing).toMatchObject({ delivered: 1, repeats: 1 });
  });

  it("leaves no timer behind, closed as the destination may be", async () => {
    const trial = startOutbox({ transport: { verdicts: [{ ...unreachable, afterMs: 60_000 }] } });
    trial.sink.record(testEvent(1));
    const closing = trial.sink.close();
    await trial.clock.advance(2_000);
    expect(await closing).toMatchObject({ dropped: 1 });
    expect(trial.clock.pending).toEqual([]);
  });

  it("ends a flush with it", async () => {
    const trial = startOutbox();
    trial.transport.hold();
    trial.sink.record(testEvent(1));
    const flushing = trial.sink.flush();
    const closing = trial.sink.close({ timeoutMs: 100 });
    await trial.clock.advance(100);
    expect([await ended(flushing), await ended(closing)]).toEqual([true, true]);
    expect(await flushing).toMatchObject({ pending: 0, dropped: 1 });
    expect(trial.clock.pending).toEqual([]);
  });

  it("refuses writes from the moment it is called", async () => {
    const trial = startOutbox();
    const closing = trial.sink.close();
    expect(await trial.sink.write([testEvent(1)])).toEqual({ state: "refused", reason: { code: "closed" } });
    expect(await closing).toMatchObject({ recorded: 0 });
  });

  it("counts what is recorded after it, and says so once", async () => {
    const trial = startOutbox();
    await trial.sink.close();
    for (const event of testEvents(1, 3)) trial.sink.record(event);
    expect(trial.sink.stats()).toMatchObject({
      recorded: 3,
      dropped: 3,
      droppedBy: { closed: 3 },
      pending: 0,
    });
    expect(trial.problems).toMatchObject([{ code: "dropped", reason: { code: "closed" } }]);
  });

  it("names downstream what is recorded while it closes", async () => {
    const trial = startOutbox();
    const closing = trial.sink.close();
    trial.sink.record(testEvent(1));
    expect(await closing).toMatchObject({ recorded: 3, dropped: 1, droppedBy: { closed: 1 }, delivered: 2 });
    expect(trial.arrived()).toEqual(["events_dropped", "source_closed"]);
  });

  it.each([
    ["rejects", () => Promise.reject(new Error("broken"))],
    [
      "throws",
      () => {
        throw new Error("broken");
      },
    ],
    ["never ends", () => new Promise<void>(() => undefined)],
  ])("bears a transport and a store whose close %s", async (_, close) => {
    const trial = startOutbox();
    trial.transport.close = close;
    trial.store.close = close;
    trial.sink.record(testEvent(1));
    const closing = trial.sink.close();
    await trial.clock.advance(2_000);
    expect(await closing).toMatchObject({ delivered: 1, pending: 0 });
    expect(trial.clock.pending).toEqual([]);
  });

  it.each([0, 50, 2_000])("keeps a deadline of %d ms although sends and parts hang", async (timeoutMs) => {
    const trial = startOutbox({ transport: { ignoresAbort: true } });
    const closed: string[] = [];
    const hang = (part: string) => (): Promise<void> => {
      closed.push(part);
      return new Promise(() => undefined);
    };
    trial.transport.close = hang("transport");
    trial.store.close = hang("store");
    trial.transport.hold();
    trial.sink.record(testEvent(1));
    const closing = trial.sink.close({ timeoutMs });
    await trial.clock.advance(timeoutMs);
    expect(await ended(closing)).toBe(true);
    expect(await closing).toMatchObject({ droppedBy: { closed: 1 }, pending: 0 });
    expect(closed).toEqual(["transport", "store"]);
    expect(trial.clock.pending).toEqual([]);
  });

  it("gives parts that hang 100 ms where there is time", async () => {
    const trial = startOutbox();
    trial.transport.close = () => new Promise(() => undefined);
    const closing = trial.sink.close();
    await trial.clock.advance(99);
    expect(await ended(closing)).toBe(false);
    await trial.clock.advance(1);
    expect(await ended(closing)).toBe(true);
  });

  it("leaves nothing in a store that dies with the process", async () => {
    const trial = startOutbox({ transport: { verdicts: [{ kind: "delivered", retry: [1] }] } });
    for (const event of testEvents(1, 3)) trial.sink.record(event);
    await trial.clock.advance(1_000);
    trial.transport.hold();
    const closing = trial.sink.close({ timeoutMs: 50 });
    await trial.clock.advance(50);
    expect(await closing).toMatchObject({ delivered: 2, dropped: 1, pending: 0 });
  });
});

describe("close over a store that survives", () => {
  function start(left: readonly string[] = [], limits = {}) {
    let store: SurvivingStore | undefined;
    const trial = startOutbox({
      transport: { limits: { maxEvents: 2, ...limits } },
      store: (clock) => {
        store = survivingStore({ clock, left, lease: { maxEvents: 4, maxBytes: 100_000 } });
        return store;
      },
    });
    if (store === undefined) throw new Error("the outbox asked for no store");
    return { ...trial, disk: store };
  }

  it("hands over what is left and drops nothing", async () => {
    const trial = start();
    trial.transport.hold();
    const writing: Promise<WriteOutcome> = trial.sink.write(testEvents(1, 5));
    const closing = trial.sink.close({ timeoutMs: 100 });
    await trial.clock.advance(100);
    expect(await closing).toMatchObject({ handedOver: 5, dropped: 0, pending: 0 });
    expect(trial.problems).toEqual([]);
    expect(await writing).toMatchObject({
      except: Array(5).fill({ was: "unknown", reason: { code: "closed" } }),
    });
    expect(trial.disk.released.map(({ count }) => count)).toEqual([4]);
    expect(trial.store.usage.events).toBe(5);
  });

  it("gives back what has no answer, in order, without what has", async () => {
    const trial = start();
    trial.transport.hold();
    for (const event of testEvents(1, 4)) trial.sink.record(event);
    await trial.clock.advance(0);
    trial.transport.release(1);
    await trial.clock.advance(0);
    const closing = trial.sink.close({ timeoutMs: 100 });
    await trial.clock.advance(100);
    expect(await closing).toMatchObject({ delivered: 2, handedOver: 2, pending: 0 });
    expect(trial.disk.released).toEqual([]);
    const again = trial.store.lease(() => true, true);
    expect(again === "loading" ? again : Array.from(again?.positions ?? [])).toEqual([3, 4]);
  });

  it("does not wait for another process's events, but for their batches in flight", async () => {
    const left = testEvents(1, 6, { source: "other" }).map(({ text }) => text);
    const trial = start(left);
    expect(trial.sink.stats()).toMatchObject({ adopted: 6, pending: 6 });
    trial.transport.hold();
    await trial.clock.advance(1_000);
    const closing = trial.sink.close();
    await trial.clock.advance(500);
    expect([await ended(closing), trial.sent().length]).toEqual([false, 1]);
    trial.transport.release(1);
    await trial.clock.advance(0);
    expect(await closing).toMatchObject({ delivered: 2, handedOver: 4, pending: 0 });
    expect(trial.sent()).toHaveLength(1);
  });

  it("aborts another process's batches at the deadline", async () => {
    const trial = start(testEvents(1, 2, { source: "other" }).map(({ text }) => text));
    trial.transport.hold();
    await trial.clock.advance(1_000);
    const closing = trial.sink.close({ timeoutMs: 200 });
    await trial.clock.advance(179);
    expect(await ended(closing)).toBe(false);
    await trial.clock.advance(1);
    expect(await closing).toMatchObject({ handedOver: 2, pending: 0 });
  });
});
