import { describe, expect, it } from "@jest/globals";
import type { WriteOutcome } from "../ports/sink.ts";
import type { Verdict } from "../ports/transport.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import { testEvent, testEvents } from "../testing/event-fixtures.ts";
import type { OutboxTrial } from "../testing/outbox-trial.ts";
import { startOutbox } from "../testing/outbox-trial.ts";

const unreachable: Verdict = { kind: "retry", reason: { code: "unreachable" }, scope: "destination" };

/** What a promise has come to, without letting time pass. */
async function now<T>({ clock }: OutboxTrial, promise: Promise<T>): Promise<T | "waiting"> {
  await clock.advance(0);
  return Promise.race([promise, Promise.resolve("waiting" as const)]);
}

function exceptions(outcome: WriteOutcome | "waiting"): unknown {
  return outcome === "waiting" || outcome.state === "refused" ? outcome : (outcome.except ?? []);
}

describe("write", () => {
  it("is answered when the next hop has confirmed all of it", async () => {
    const trial = startOutbox({ transport: { limits: { maxEvents: 2 } } });
    trial.transport.hold();
    const writing = trial.sink.write(testEvents(1, 3));
    await trial.clock.advance(0);
    trial.transport.release(1);
    expect(await now(trial, writing)).toBe("waiting");
    trial.transport.release();
    expect(await now(trial, writing)).toEqual({ state: "done", reached: "delivered" });
    expect(trial.sent()).toEqual([["1", "2"], ["3"]]);
  });

  it("names rejected and dropped events by their place", async () => {
    const reason = { code: "bad" };
    const trial = startOutbox({
      transport: { verdicts: [{ kind: "delivered", rejected: [[1, reason]] }] },
    });
    expect(exceptions(await now(trial, trial.sink.write(testEvents(1, 3))))).toEqual([
      { index: 1, was: "rejected", reason },
    ]);
  });

  it("is answered at once when it is to be queued", async () => {
    const trial = startOutbox();
    trial.transport.hold();
    expect(await now(trial, trial.sink.write([testEvent(1)], { until: "queued" }))).toEqual({
      state: "done",
      reached: "queued",
    });
    expect(trial.sent()).toEqual([]);
    await trial.clock.advance(1_000);
    expect(trial.sent()).toEqual([["1"]]);
  });

  it("is durable in memory only when it is delivered", async () => {
    const trial = startOutbox();
    trial.transport.hold();
    const writing = trial.sink.write([testEvent(1)], { until: "durable" });
    expect(await now(trial, writing)).toBe("waiting");
    trial.transport.release();
    expect(await now(trial, writing)).toEqual({ state: "done", reached: "delivered" });
  });

  it("does not wait the linger, one after the other", async () => {
    const trial = startOutbox();
    for (const event of testEvents(1, 3)) {
      const writing = trial.sink.write([event]);
      expect(await now(trial, writing)).toEqual({ state: "done", reached: "delivered" });
    }
    expect(trial.clock.monotonic()).toBe(0);
    expect(trial.sent()).toEqual([["1"], ["2"], ["3"]]);
  });

  it("lingers while something is in flight, and no longer than that", async () => {
    const trial = startOutbox({ transport: { limits: { inFlight: 2, perLane: 2 } } });
    trial.transport.hold();
    void trial.sink.write([testEvent(1)]);
    void trial.sink.write([testEvent(2)]);
    void trial.sink.write([testEvent(3)]);
    await trial.clock.advance(999);
    expect(trial.sent()).toEqual([["1"]]);
    await trial.clock.advance(1);
    expect(trial.sent()).toEqual([["1"], ["2", "3"]]);
    void trial.sink.write([testEvent(4)]);
    await trial.clock.advance(0);
    trial.transport.release(2);
    await trial.clock.advance(0);
    expect(trial.sent()).toEqual([["1"], ["2", "3"], ["4"]]);
  });

  it("keeps the process alive until it is answered", async () => {
    const trial = startOutbox({ transport: { verdicts: [unreachable] } });
    const writing = trial.sink.write([testEvent(1)]);
    expect(await now(trial, writing)).toBe("waiting");
    expect(trial.unref()).toEqual([false]);
    await trial.clock.advance(100);
    expect(await now(trial, writing)).toEqual({ state: "done", reached: "delivered" });
    expect(trial.unref()).toEqual([]);
  });

  it("makes a timer hold that others had set, and lets it go again", async () => {
    const trial = startOutbox({ transport: { verdicts: [unreachable] } });
    trial.sink.record(testEvent(1));
    await trial.clock.advance(1_000);
    expect(trial.unref()).toEqual([true]);
    const stop = new AbortController();
    const writing = trial.sink.write([testEvent(2)], { signal: stop.signal });
    expect(trial.unref()).toEqual([false]);
    stop.abort();
    await writing;
    expect(trial.unref()).toEqual([true]);
  });

  it("refuses what was aborted before, and notes nothing", async () => {
    const trial = startOutbox();
    const outcome = await now(trial, trial.sink.write([testEvent(1)], { signal: AbortSignal.abort() }));
    expect(outcome).toEqual({ state: "refused", reason: { code: "aborted" } });
    expect(trial.sink.stats().recorded).toBe(0);
  });

  it("forgets its signal once it is answered", async () => {
    const trial = startOutbox();
    const stop = new AbortController();
    let listening = 0;
    const { addEventListener, removeEventListener } = stop.signal;
    stop.signal.addEventListener = (...given: Parameters<typeof addEventListener>) => {
      listening++;
      addEventListener.apply(stop.signal, given);
    };
    stop.signal.removeEventListener = (...given: Parameters<typeof removeEventListener>) => {
      listening--;
      removeEventListener.apply(stop.signal, given);
    };
    const writing = trial.sink.write([testEvent(1)], { signal: stop.signal });
    expect(listening).toBe(1);
    await writing;
    expect(listening).toBe(0);
  });
});

describe("an aborted write", () => {
  it("is withdrawn where it waits in the store", async () => {
    const trial = startOutbox();
    trial.transport.hold();
    trial.sink.record(testEvent(1));
    await trial.clock.advance(1_000);
    const stop = new AbortController();
    const writing = trial.sink.write(testEvents(2, 3), { signal: stop.signal });
    trial.sink.record(testEvent(4));
    stop.abort();
    const reason = { code: "aborted" };
    expect(exceptions(await now(trial, writing))).toEqual([
      { index: 0, was: "withdrawn", reason },
      { index: 1, was: "withdrawn", reason },
    ]);
    expect(trial.sink.stats()).toMatchObject({ recorded: 4, withdrawn: 2, pending: 2 });
    trial.transport.release();
    await trial.sink.flush();
    expect(trial.arrived()).toEqual(["1", "4"]);
  });

  it("is withdrawn where it waits in a batch, without its neighbours", async () => {
    const trial = startOutbox({
      transport: { limits: { maxEvents: 2 } },
      store: { lease: { maxEvents: 9, maxBytes: 9_000 } },
    });
    trial.transport.hold();
    const stop = new AbortController();
    for (const event of testEvents(1, 3)) trial.sink.record(event);
    const writing = trial.sink.write(testEvents(4, 5), { signal: stop.signal });
    await trial.clock.advance(0);
    expect(trial.sent()).toEqual([["1", "2"]]);
    stop.abort();
    expect(exceptions(await now(trial, writing))).toMatchObject([{ was: "withdrawn" }, { was: "withdrawn" }]);
    expect(trial.sink.stats()).toMatchObject({ pending: 3, withdrawn: 2 });
    trial.transport.release();
    await trial.clock.advance(0);
    expect(trial.sent()).toEqual([["1", "2"], ["3"]]);
    expect(trial.store.usage.events).toBe(0);
  });

  it("leaves what is in flight alone, calls it unknown and never sends it again", async () => {
    const trial = startOutbox({
      transport: { verdicts: [{ kind: "retry", reason: { code: "unreachable" } }] },
    });
    trial.transport.hold();
    const stop = new AbortController();
    const writing = trial.sink.write(testEvents(1, 2), { signal: stop.signal });
    await trial.clock.advance(0);
    trial.sink.record(testEvent(3));
    stop.abort();
    const outcome = await now(trial, writing);
    expect(exceptions(outcome)).toMatchObject([{ was: "unknown" }, { was: "unknown" }]);
    expect(trial.sink.stats().pending).toBe(3);
    trial.transport.release();
    await trial.clock.advance(5_000);
    expect(trial.sent()).toEqual([["1", "2"], ["3"]]);
    expect(trial.sink.stats()).toMatchObject({ withdrawn: 2, delivered: 1, pending: 0 });
  });

  it("counts what was in flight and arrived as delivered", async () => {
    const trial = startOutbox();
    trial.transport.hold();
    const stop = new AbortController();
    void trial.sink.write(testEvents(1, 2), { signal: stop.signal });
    await trial.clock.advance(0);
    stop.abort();
    trial.transport.release();
    await trial.clock.advance(0);
    expect(trial.sink.stats()).toMatchObject({ withdrawn: 0, delivered: 2, pending: 0 });
  });

  it("is not sent again in halves", async () => {
    const trial = startOutbox({ transport: { verdicts: [{ kind: "split" }] } });
    trial.transport.hold();
    const stop = new AbortController();
    void trial.sink.write(testEvents(1, 4), { until: "queued" });
    void trial.sink.write(testEvents(5, 8), { signal: stop.signal });
    await trial.clock.advance(0);
    expect(trial.sent()).toEqual([["1", "2", "3", "4", "5", "6", "7", "8"]]);
    stop.abort();
    trial.transport.release();
    await trial.clock.advance(5_000);
    expect(trial.sent().slice(1)).toEqual([["1", "2", "3", "4"]]);
    expect(trial.sink.stats()).toMatchObject({ withdrawn: 4, delivered: 4, pending: 0 });
  });

  it("calls unknown what was on the wire once, although it waits now", async () => {
    const trial = startOutbox({ transport: { verdicts: [unreachable] } });
    const stop = new AbortController();
    const writing = trial.sink.write(testEvents(1, 2), { signal: stop.signal });
    await trial.clock.advance(0);
    stop.abort();
    expect(exceptions(await now(trial, writing))).toMatchObject([{ was: "unknown" }, { was: "unknown" }]);
    expect(trial.sink.stats()).toMatchObject({ withdrawn: 2, pending: 0 });
    // Nothing is left to be woken for, although the destination is still closed.
    expect(trial.clock.pending).toEqual([]);
    await trial.clock.advance(5_000);
    expect(trial.sent()).toHaveLength(1);
  });

  it("calls unknown what its store cannot give back, and delivers it", async () => {
    const trial = startOutbox({
      store: (clock) => {
        const store = createMemoryStore({ clock });
        Object.defineProperty(store, "withdraw", { value: undefined });
        return store;
      },
    });
    trial.transport.hold();
    trial.sink.record(testEvent(1));
    await trial.clock.advance(1_000);
    const stop = new AbortController();
    const writing = trial.sink.write([testEvent(2)], { signal: stop.signal });
    stop.abort();
    expect(exceptions(await now(trial, writing))).toMatchObject([{ was: "unknown" }]);
    trial.transport.release();
    expect(await trial.sink.flush()).toMatchObject({ delivered: 2, withdrawn: 0, pending: 0 });
  });
});
