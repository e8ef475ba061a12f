import { describe, expect, it } from "@jest/globals";
import type { Batch, Verdict } from "../ports/transport.ts";
import { testEvent } from "../testing/event-fixtures.ts";
import type { OutboxTrial, OutboxTrialOptions } from "../testing/outbox-trial.ts";
import { labelsOf, startOutbox } from "../testing/outbox-trial.ts";

type Answers = (labels: string, attempt: number) => Verdict;

const ofLane: Verdict = { kind: "retry", reason: { code: "leaderless" } };
const ofDestination: Verdict = { ...ofLane, scope: "destination" };
const lanes = { limits: { maxEvents: 2, inFlight: 9 }, lane: byNumber };

/** Events 10–19 go to lane 1, 20–29 to lane 2 … */
function byNumber({ event_id: id }: { readonly event_id: string }): number {
  return Math.floor(Number(id.split(".")[1]) / 10);
}

function record({ sink }: OutboxTrial, ...numbers: readonly number[]): void {
  for (const n of numbers) sink.record(testEvent(n));
}

/** An outbox whose next hop answers by the names of a batch's events. */
function answering({ answers, ...options }: OutboxTrialOptions & { readonly answers: Answers }): OutboxTrial {
  const verdicts = (batch: Batch, attempt: number): Verdict => answers(labelsOf(batch), attempt);
  return startOutbox({ ...options, transport: { ...options.transport, verdicts } });
}

describe("a lane", () => {
  it("that is left alone does not block the others, and is leased no more", async () => {
    const trial = answering({
      transport: lanes,
      lingerMs: 10,
      answers: (labels) => (labels.startsWith("1") ? { ...ofLane, afterMs: 1_000 } : { kind: "delivered" }),
    });
    record(trial, 10, 11, 20, 21);
    await trial.clock.advance(10);
    record(trial, 12, 13, 22, 23);
    await trial.clock.advance(500);
    expect(trial.seen).toEqual(["10,11 at 0", "20,21 at 0", "22,23 at 10"]);
    expect(trial.store.usage.evictableEvents).toBe(2); // 12 and 13 wait in the store, where they may be evicted.
  });

  it("sends one probe when its time is up, then all it has", async () => {
    const trial = answering({
      transport: { ...lanes, limits: { maxEvents: 1, inFlight: 9, perLane: 3 } },
      answers: (labels, attempt) => (labels === "10" && attempt <= 2 ? ofLane : { kind: "delivered" }),
    });
    record(trial, 10);
    await trial.clock.advance(0);
    record(trial, 11, 12, 13);
    await trial.clock.advance(1_000);
    expect(trial.seen).toEqual(["10 at 0", "10 at 100", "10 at 300", "11 at 300", "12 at 300", "13 at 300"]);
  });

  it("gives its slot to others while it backs off", async () => {
    const trial = answering({
      transport: { ...lanes, limits: { maxEvents: 2, inFlight: 1 } },
      answers: (labels) => (labels.startsWith("1") ? { ...ofLane, afterMs: 1_000 } : { kind: "delivered" }),
    });
    record(trial, 10, 11, 20, 21, 30, 31);
    await trial.clock.advance(0);
    expect(trial.seen).toEqual(["10,11 at 0", "20,21 at 0", "30,31 at 0"]);
  });

  it.each([1, 2])("has at most %d batches in flight", async (perLane) => {
    const trial = startOutbox({ transport: { ...lanes, limits: { maxEvents: 1, inFlight: 9, perLane } } });
    trial.transport.hold();
    record(trial, 10, 11, 12, 20);
    await trial.clock.advance(0);
    expect(trial.transport.held).toBe(perLane + 1);
  });

  it.each([1, 3])("shares %d batches in flight with the others", async (inFlight) => {
    const trial = startOutbox({ transport: { ...lanes, limits: { maxEvents: 1, inFlight } } });
    trial.transport.hold();
    record(trial, 10, 20, 30, 40);
    await trial.clock.advance(5_000);
    expect(trial.transport.held).toBe(inFlight);
  });

  it("keeps what arrives in order through every retry", async () => {
    let attempts = 0;
    const trial = startOutbox({
      transport: {
        limits: { maxEvents: 2, inFlight: 5 },
        verdicts: () => (++attempts % 3 === 0 ? { kind: "delivered" } : ofLane),
      },
    });
    record(trial, 1, 2, 3, 4, 5, 6);
    await trial.clock.advance(60_000);
    expect(trial.arrived()).toEqual(["1", "2", "3", "4", "5", "6"]);
  });

  it("keeps its order also when the host writes while it hears of a pause", async () => {
    const trial = startOutbox({
      transport: { verdicts: [{ ...ofLane, afterMs: 0, attention: true }] },
    });
    trial.sink.onProblem = () => void trial.sink.write([testEvent(2)]);
    record(trial, 1);
    await trial.clock.advance(5_000);
    expect(trial.arrived()).toEqual(["1", "2"]);
  });

  it("is sent what is left of it a linger after its batch is through, at the latest", async () => {
    const trial = answering({
      transport: lanes,
      answers: (labels, attempt) =>
        labels === "10,11" && attempt === 1 ? { ...ofLane, afterMs: 5_000 } : { kind: "delivered" },
    });
    record(trial, 10, 11);
    await trial.clock.advance(0);
    record(trial, 12);
    await trial.clock.advance(10_000);
    expect(trial.seen).toEqual(["10,11 at 0", "10,11 at 5000", "12 at 6000"]);
  });
});

describe("the destination", () => {
  it("sends one probe for all lanes when its time is up, then everything", async () => {
    let healthy = false;
    const trial = answering({
      transport: lanes,
      answers: () => (healthy ? { kind: "delivered" } : ofDestination),
    });
    record(trial, 10, 11, 20, 21, 30, 31);
    await trial.clock.advance(0);
    expect(trial.seen).toHaveLength(3);
    await trial.clock.advance(299);
    expect(trial.seen.slice(3)).toEqual(["10,11 at 100"]);
    healthy = true;
    await trial.clock.advance(1);
    expect(trial.seen.slice(4)).toEqual(["20,21 at 300", "30,31 at 300", "10,11 at 300"]);
    expect(trial.sink.stats()).toMatchObject({ delivered: 6, pending: 0 });
  });

  it("does not probe while something is still in flight", async () => {
    const trial = startOutbox({
      transport: { ...lanes, limits: { maxEvents: 1, inFlight: 2 }, verdicts: [ofDestination] },
    });
    trial.transport.hold();
    record(trial, 10, 20);
    await trial.clock.advance(0);
    trial.transport.release(1);
    await trial.clock.advance(10_000);
    expect(trial.sent()).toEqual([["10"], ["20"]]);
    trial.transport.release(1);
    await trial.clock.advance(0);
    expect(trial.sent()).toEqual([["10"], ["20"], ["10"]]);
  });

  it("lets a closed lane's time pass, too", async () => {
    const trial = answering({
      transport: lanes,
      answers: (labels, attempt) =>
        attempt > 1
          ? { kind: "delivered" }
          : labels.startsWith("1")
            ? { ...ofLane, afterMs: 2_000 }
            : { ...ofDestination, afterMs: 500 },
    });
    record(trial, 10, 11, 20, 21);
    await trial.clock.advance(10_000);
    expect(trial.seen).toEqual(["10,11 at 0", "20,21 at 0", "20,21 at 500", "10,11 at 2000"]);
  });

  it("wakes for a closed lane when nothing else is left to probe with", async () => {
    const trial = answering({
      transport: lanes,
      answers: (labels, attempt) =>
        attempt > 1
          ? { kind: "delivered" }
          : labels.startsWith("1")
            ? { ...ofLane, afterMs: 2_000 }
            : { kind: "rejected", reason: { code: "bad" } },
    });
    record(trial, 10, 11, 20, 21);
    await trial.clock.advance(10_000);
    expect(trial.seen.at(2)).toBe("10,11 at 2000");
  });
});

describe("while nothing may be sent", () => {
  /** Timers that fire in a minute. */
  async function wakeUps(trial: OutboxTrial): Promise<number> {
    let fired = 0;
    const { setTimer } = trial.clock;
    trial.clock.setTimer = (callback, ms, options) =>
      setTimer(
        () => {
          fired++;
          if (fired < 1_000) callback();
        },
        ms,
        options,
      );
    await trial.clock.advance(60_000);
    return fired;
  }

  it.each([0, 20, 1_000])("no timer fires again and again: a hanging batch, linger %d", async (lingerMs) => {
    const trial = startOutbox({ lingerMs, transport: { limits: { inFlight: 1 } } });
    trial.transport.hold();
    record(trial, 1);
    await trial.clock.advance(1_000);
    record(trial, 2);
    expect(await wakeUps(trial)).toBeLessThanOrEqual(2);
    trial.transport.release();
    await trial.clock.advance(0);
    expect(trial.arrived()).toEqual(["1", "2"]);
  });

  it.each([0, 20, 1_000])("no timer fires again and again: a closed lane, linger %d", async (lingerMs) => {
    const trial = startOutbox({
      lingerMs,
      transport: { limits: { inFlight: 9 }, verdicts: [{ ...ofLane, afterMs: 50_000 }] },
    });
    record(trial, 1);
    await trial.clock.advance(1_000);
    record(trial, 2);
    expect(await wakeUps(trial)).toBeLessThanOrEqual(3);
    expect(trial.arrived()).toEqual(["1", "2"]);
  });

  it.each([0, 20, 1_000])(
    "no timer fires again and again: a closed destination, linger %d",
    async (lingerMs) => {
      const trial = startOutbox({
        lingerMs,
        transport: { verdicts: [{ ...ofDestination, afterMs: 50_000 }] },
      });
      record(trial, 1);
      await trial.clock.advance(1_000);
      record(trial, 2);
      expect(await wakeUps(trial)).toBeLessThanOrEqual(3);
      expect(trial.arrived()).toEqual(["1", "2"]);
    },
  );

  it("no timer fires again and again: a lane that could be probed, and a hanging one that holds the only slot", async () => {
    const trial = startOutbox({
      transport: { ...lanes, limits: { maxEvents: 1, inFlight: 1 }, verdicts: [ofLane] },
    });
    record(trial, 10);
    await trial.clock.advance(0);
    trial.transport.hold();
    record(trial, 20);
    await trial.clock.advance(0);
    expect(trial.sent()).toEqual([["10"], ["20"]]);
    expect(await wakeUps(trial)).toBeLessThanOrEqual(2);
    trial.transport.release();
    await trial.clock.advance(0);
    expect(trial.arrived()).toEqual(["20", "10"]);
  });
});
