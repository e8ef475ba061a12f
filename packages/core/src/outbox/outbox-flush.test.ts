import { describe, expect, it } from "@jest/globals";
import type { Verdict } from "../ports/transport.ts";
import { testEvent, testEvents } from "../testing/event-fixtures.ts";
import type { OutboxTrial } from "../testing/outbox-trial.ts";
import { startOutbox } from "../testing/outbox-trial.ts";

const unreachable: Verdict = { kind: "retry", reason: { code: "unreachable" }, scope: "destination" };

/** What a promise has come to, without letting time pass. */
async function now<T>({ clock }: OutboxTrial, promise: Promise<T>): Promise<T | "waiting"> {
  await clock.advance(0);
  return Promise.race([promise, Promise.resolve("waiting" as const)]);
}

describe("flush", () => {
  it("sends at once and waits for the answer", async () => {
    const trial = startOutbox();
    trial.transport.hold();
    trial.sink.record(testEvent(1));
    const flushing = trial.sink.flush();
    expect(await now(trial, flushing)).toBe("waiting");
    expect(trial.unref()).toEqual([false]);
    trial.transport.release();
    expect(await now(trial, flushing)).toMatchObject({ delivered: 1, pending: 0 });
    expect(trial.unref()).toEqual([]);
  });

  it("does not wait for what is recorded later", async () => {
    const trial = startOutbox({ transport: { limits: { maxEvents: 1 } } });
    trial.transport.hold();
    trial.sink.record(testEvent(1));
    const flushing = trial.sink.flush();
    trial.sink.record(testEvent(2));
    await trial.clock.advance(0);
    trial.transport.release(1);
    expect(await now(trial, flushing)).toMatchObject({ delivered: 1, pending: 1 });
  });

  it("covers events that an earlier flush does not", async () => {
    const trial = startOutbox({ transport: { limits: { maxEvents: 1 } } });
    trial.transport.hold();
    trial.sink.record(testEvent(1));
    const first = trial.sink.flush();
    await trial.clock.advance(0);
    trial.sink.record(testEvent(2));
    const second = trial.sink.flush();
    await trial.clock.advance(0);
    trial.transport.release(1);
    expect(await now(trial, first)).toMatchObject({ delivered: 1 });
    expect(await now(trial, second)).toBe("waiting");
    trial.transport.release(1);
    expect(await now(trial, second)).toMatchObject({ delivered: 2 });
  });

  it.each([
    [undefined, 10_000],
    [300, 300],
  ])("with a timeout of %p ms ends after %d ms, and lets the process go", async (timeoutMs, endsAt) => {
    const trial = startOutbox();
    trial.transport.hold();
    trial.sink.record(testEvent(1));
    const flushing = trial.sink.flush(timeoutMs === undefined ? undefined : { timeoutMs });
    await trial.clock.advance(endsAt - 1);
    expect(await now(trial, flushing)).toBe("waiting");
    await trial.clock.advance(1);
    expect(await now(trial, flushing)).toMatchObject({ pending: 1 });
    expect(trial.unref().filter((unref) => !unref)).toEqual([]);
  });

  it("hurries through the own back-off, once", async () => {
    const trial = startOutbox({
      retry: { baseMs: 40_000, capMs: 60_000 },
      transport: { verdicts: [unreachable, unreachable] },
    });
    trial.sink.record(testEvent(1));
    await trial.clock.advance(1_000);
    expect(trial.sent()).toHaveLength(1);
    const flushing = trial.sink.flush({ timeoutMs: 5_000 });
    await trial.clock.advance(5_000);
    expect(trial.sent()).toHaveLength(2);
    expect(await flushing).toMatchObject({ pending: 1 });
  });

  it("does not hurry where the next hop asked to be left alone", async () => {
    const trial = startOutbox({ transport: { verdicts: [{ ...unreachable, afterMs: 20_000 }] } });
    trial.sink.record(testEvent(1));
    await trial.clock.advance(1_000);
    void trial.sink.flush();
    await trial.clock.advance(19_999);
    expect(trial.sent()).toHaveLength(1);
    await trial.clock.advance(1);
    expect(trial.arrived()).toEqual(["1"]);
  });

  it("sends what is recorded while it waits without a linger", async () => {
    const trial = startOutbox({ transport: { limits: { inFlight: 2, perLane: 2, maxEvents: 1 } } });
    trial.transport.hold();
    for (const event of testEvents(1, 3)) trial.sink.record(event);
    void trial.sink.flush();
    await trial.clock.advance(0);
    expect(trial.sent()).toEqual([["1"], ["2"]]);
    trial.transport.release(1);
    await trial.clock.advance(0);
    expect(trial.sent()).toEqual([["1"], ["2"], ["3"]]);
  });

  it("tells nothing while nothing can be sent, so that announcements do not pile up", async () => {
    const trial = startOutbox({
      store: { maxEvents: 1 },
      transport: { verdicts: () => unreachable },
    });
    for (let round = 0; round < 5; round++) {
      for (const event of testEvents(1, 3)) trial.sink.record(event);
      const flushing = trial.sink.flush({ timeoutMs: 10_000 });
      await trial.clock.advance(10_000);
      await flushing;
    }
    // One before the first failure was known.
    expect(trial.sink.stats().recorded - 15).toBeLessThanOrEqual(1);
  });
});

describe("stats", () => {
  it("count events that go on the wire again", async () => {
    const trial = startOutbox({ transport: { verdicts: [unreachable, unreachable] } });
    void trial.sink.write(testEvents(1, 3));
    await trial.clock.advance(1_000);
    expect(trial.sink.stats()).toMatchObject({ repeats: 6, delivered: 3 });
  });
});
