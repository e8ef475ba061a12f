import { describe, expect, it } from "@jest/globals";
import type { Batch, Verdict } from "../ports/transport.ts";
import { testEvent, testEvents } from "../testing/event-fixtures.ts";
import type { OutboxTrial, OutboxTrialOptions } from "../testing/outbox-trial.ts";
import { labelsOf, startOutbox } from "../testing/outbox-trial.ts";

type Answers = (labels: string, attempt: number) => Verdict;

const ofLane: Verdict = { kind: "retry", reason: { code: "leaderless" } };
const ofDestination: Verdict = { ...ofLane, scope: "destination" };

function record({ sink }: OutboxTrial, ...numbers: readonly number[]): void {
  for (const n of numbers) sink.record(testEvent(n));
}

/** An outbox whose next hop answers by the names of a batch's events. */
function answering({ answers, ...options }: OutboxTrialOptions & { readonly answers: Answers }): OutboxTrial {
  const verdicts = (batch: Batch, attempt: number): Verdict => answers(labelsOf(batch), attempt);
  return startOutbox({ ...options, transport: { ...options.transport, verdicts } });
}

describe("a retry", () => {
  it("keeps the batch, its binding, its lane and its ids, and counts attempts", async () => {
    const trial = startOutbox({
      transport: {
        limits: { maxEvents: 2 },
        lane: () => 4,
        verdicts: (batch, attempt) => {
          batch.binding ??= { partition: 7 };
          return attempt < 4 ? ofLane : { kind: "delivered" };
        },
      },
    });
    record(trial, 1, 2);
    await trial.clock.advance(0);
    record(trial, 3, 4);
    await trial.clock.advance(5_000);
    const first = trial.transport.sent.slice(0, 4);
    expect(first.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4]);
    expect(first.map(({ lane }) => lane)).toEqual([4, 4, 4, 4]);
    expect(new Set(first.map(({ texts }) => texts.join()))).toEqual(
      new Set([[1, 2].map((n) => testEvent(n).text).join()]),
    );
    expect(first.map(({ binding }) => binding)).toEqual([undefined, ...Array(3).fill({ partition: 7 })]);
    expect(trial.sent().slice(4, 5)).toEqual([["3", "4"]]);
    expect(trial.arrived()).toEqual(["1", "2", "3", "4"]);
  });

  it.each([
    ["lane", ofLane],
    ["destination", ofDestination],
  ])("of a %s comes after 100, 200, 400 … ms", async (_, verdict) => {
    const trial = answering({
      answers: (_labels, attempt) => (attempt < 5 ? verdict : { kind: "delivered" }),
    });
    void trial.sink.write([testEvent(1)]);
    await trial.clock.advance(5_000);
    expect(trial.seen).toEqual(["1 at 0", "1 at 100", "1 at 300", "1 at 700", "1 at 1500"]);
  });

  it("comes when the next hop says", async () => {
    const trial = answering({
      answers: (_labels, attempt) =>
        attempt === 1 ? { ...ofDestination, afterMs: 3_000 } : { kind: "delivered" },
    });
    void trial.sink.write([testEvent(1)]);
    await trial.clock.advance(5_000);
    expect(trial.seen).toEqual(["1 at 0", "1 at 3000"]);
  });

  it("of some events goes to the front of the lane, and the others are done", async () => {
    const trial = startOutbox({
      transport: {
        limits: { maxEvents: 3 },
        verdicts: (batch, attempt) => {
          batch.binding ??= "bound";
          return attempt === 1 && batch.count === 3
            ? { kind: "delivered", retry: [2, 0] }
            : { kind: "delivered" };
        },
      },
    });
    record(trial, 1, 2, 3);
    await trial.clock.advance(0);
    record(trial, 4, 5);
    expect(trial.sink.stats()).toMatchObject({ delivered: 1, pending: 4 });
    await trial.clock.advance(99);
    expect(trial.sent()).toHaveLength(1);
    await trial.clock.advance(2_000);
    expect(trial.sent()).toEqual([
      ["1", "2", "3"],
      ["1", "3"],
      ["4", "5"],
    ]);
    expect(trial.transport.sent[1]).toMatchObject({ attempt: 2, binding: "bound" });
    expect(trial.sink.stats()).toMatchObject({ delivered: 5, repeats: 2, pending: 0 });
  });

  it("counts as a repeat only from the second time on the wire", async () => {
    const retry = { kind: "retry", reason: { code: "unreachable" }, afterMs: 10 } as const;
    const verdicts: Verdict[] = [
      { ...retry, unsent: true },
      { ...retry, unsent: true },
      retry,
      { ...retry, unsent: true },
    ];
    const trial = startOutbox({ transport: { verdicts } });
    record(trial, 1, 2);
    await trial.clock.advance(5_000);
    expect(trial.transport.sent.at(-1)).toMatchObject({ attempt: 5 });
    expect(trial.sink.stats()).toMatchObject({ delivered: 2, repeats: 2, pending: 0 });
  });

  it("that never reached the wire leaves its events certainly undelivered", async () => {
    const retry = { kind: "retry", reason: { code: "unreachable" }, afterMs: 60_000, unsent: true } as const;
    const trial = startOutbox({ transport: { verdicts: [retry] } });
    const stop = new AbortController();
    const writing = trial.sink.write([testEvent(1)], { signal: stop.signal });
    await trial.clock.advance(1_000);
    stop.abort();
    expect(await writing).toMatchObject({ except: [{ index: 0, was: "withdrawn" }] });
    expect(trial.sink.stats()).toMatchObject({ withdrawn: 1, pending: 0 });
  });

  it("wins over a rejection of the same event", async () => {
    const trial = startOutbox({
      transport: { verdicts: [{ kind: "delivered", retry: [0], rejected: [[0, { code: "bad" }]] }] },
    });
    record(trial, 1);
    await trial.clock.advance(2_000);
    expect(trial.sink.stats()).toMatchObject({ delivered: 1, rejected: 0, pending: 0 });
  });

  it("of events that are not in the batch is passed over", async () => {
    const trial = startOutbox({
      transport: { verdicts: [{ kind: "delivered", retry: [7], rejected: [[9, { code: "bad" }]] }] },
    });
    record(trial, 1, 2);
    await trial.clock.advance(10_000);
    expect(trial.sent()).toEqual([["1", "2"]]);
    expect(trial.sink.stats()).toMatchObject({ delivered: 2, rejected: 0, pending: 0 });
    expect(trial.problems).toEqual([]);
  });

  it.each([
    ["rejects", () => Promise.reject(new Error("broken"))],
    [
      "throws",
      () => {
        throw new Error("broken");
      },
    ],
    ["answers nothing", () => undefined as unknown as Verdict],
    ["answers what no verdict is", () => ({ kind: "maybe" }) as unknown as Verdict],
    ...[
      "delivered",
      { kind: "retry" },
      { kind: "retry", reason: null, attention: true },
      { kind: "retry", reason: { code: "busy" }, afterMs: Number.NaN },
      { kind: "retry", reason: { code: "busy" }, afterMs: -1 },
      { kind: "rejected" },
      { kind: "rejected", reason: {} },
      { kind: "delivered", retry: 0 },
      { kind: "delivered", retry: ["0"] },
      { kind: "delivered", rejected: [[0]] },
      { kind: "delivered", rejected: [0] },
    ].map((answer): [string, () => Verdict] => [
      `answers ${JSON.stringify(answer)}`,
      () => answer as unknown as Verdict,
    ]),
  ])("is what happens when a transport %s", async (_, answer) => {
    let broken = true;
    const trial = startOutbox({ transport: { verdicts: () => (broken ? answer() : { kind: "delivered" }) } });
    const { send } = trial.transport;
    // The recording transport reads its verdicts, too.
    trial.transport.send = async (batch, signal) => (broken ? answer() : send(batch, signal));
    record(trial, 1);
    await trial.clock.advance(1_000);
    expect(trial.sink.stats()).toMatchObject({ delivered: 0, pending: 1 });
    broken = false;
    await trial.clock.advance(1_000);
    expect(trial.sink.stats()).toMatchObject({ delivered: 1, repeats: 1, pending: 0 });
  });
});

describe("a split", () => {
  it("goes down to the one event that is too large; its neighbours arrive in order", async () => {
    const reason = { code: "too_large", detail: "the next hop takes no event of this size" };
    const trial = startOutbox({
      transport: {
        limits: { maxEvents: 7 },
        verdicts: (batch) => {
          batch.binding ??= "bound";
          return labelsOf(batch).includes("5") ? { kind: "split" } : { kind: "delivered" };
        },
      },
    });
    record(trial, 1, 2, 3, 4, 5, 6, 7);
    await trial.clock.advance(0);
    expect(trial.sent().slice(0, 6)).toEqual([
      ["1", "2", "3", "4", "5", "6", "7"],
      ["1", "2", "3", "4"],
      ["5", "6", "7"],
      ["5", "6"],
      ["5"],
      ["6"],
    ]);
    expect(trial.arrived().slice(0, 6)).toEqual(["1", "2", "3", "4", "6", "7"]);
    expect(trial.problems).toEqual([
      { code: "rejected", message: "1 event(s) were refused for good: too_large", count: 1, reason },
    ]);
    expect(trial.transport.sent.slice(1, 7).every(({ binding }) => binding === "bound")).toBe(true);
    expect(trial.sink.stats()).toMatchObject({ rejected: 1, delivered: 6 });
  });

  it("makes parts of the size that the next hop takes", async () => {
    const trial = startOutbox({
      transport: {
        limits: { maxEvents: 7 },
        verdicts: ({ count }) => (count > 2 ? { kind: "split", maxEvents: 2 } : { kind: "delivered" }),
      },
    });
    record(trial, 1, 2, 3, 4, 5, 6, 7);
    await trial.clock.advance(0);
    const parts = [["1", "2"], ["3", "4"], ["5", "6"], ["7"]];
    expect(trial.sent()).toEqual([["1", "2", "3", "4", "5", "6", "7"], ...parts]);
    expect(trial.sink.stats()).toMatchObject({ delivered: 7, rejected: 0 });
  });

  it.each([0, -3, Number.NaN, 100])(
    "makes progress although the next hop says that it takes %s",
    async (maxEvents) => {
      const trial = startOutbox({
        transport: {
          limits: { maxEvents: 4 },
          verdicts: ({ count }) => (count > 1 ? { kind: "split", maxEvents } : { kind: "delivered" }),
        },
      });
      record(trial, 1, 2, 3, 4);
      await trial.clock.advance(0);
      expect(trial.arrived()).toEqual(["1", "2", "3", "4"]);
    },
  );

  it("makes two halves of two", async () => {
    const trial = startOutbox({ transport: { limits: { maxEvents: 2 }, verdicts: [{ kind: "split" }] } });
    record(trial, 1, 2);
    await trial.clock.advance(0);
    expect(trial.sent()).toEqual([["1", "2"], ["1"], ["2"]]);
  });
});

describe("age", () => {
  const options = { maxAgeMs: 10_000, store: { maxEvents: 100 }, announceDrops: false };

  it("does not matter unless it is limited", async () => {
    const trial = startOutbox({ transport: { verdicts: [{ ...ofLane, afterMs: 1e9 }] } });
    record(trial, 1);
    await trial.clock.advance(2e9);
    expect(trial.arrived()).toEqual(["1"]);
  });

  it.each([
    [9_999, 0],
    [10_000, 0],
    [10_001, 1],
  ])("counts when a batch has failed: after %d ms %d are dropped", async (ageMs, dropped) => {
    const trial = startOutbox({ ...options, lingerMs: 0, transport: { verdicts: [ofLane] } });
    trial.transport.hold();
    record(trial, 1);
    await trial.clock.advance(ageMs);
    record(trial, 2);
    trial.transport.release(1);
    await trial.clock.advance(0);
    expect(trial.sink.stats()).toMatchObject({ dropped, droppedBy: dropped > 0 ? { expired: 1 } : {} });
    trial.transport.release();
    await trial.clock.advance(5_000);
    expect(trial.arrived()).toEqual(dropped > 0 ? ["2"] : ["1", "2"]);
    expect(trial.store.usage.events).toBe(0);
  });

  it.each([
    [10_000, 0],
    [10_001, 2],
  ])("counts while events wait: after %d ms %d are dropped", async (ageMs, dropped) => {
    const trial = startOutbox({ ...options, transport: { limits: { maxEvents: 1 } } });
    trial.transport.hold();
    record(trial, 1, 2, 3);
    await trial.clock.advance(ageMs);
    trial.transport.release();
    await trial.clock.advance(0);
    expect(trial.sink.stats()).toMatchObject({ dropped, delivered: 3 - dropped });
  });

  it("is told to whoever waits", async () => {
    const trial = startOutbox({ ...options, transport: { verdicts: [ofLane] } });
    trial.transport.hold();
    const writing = trial.sink.write([testEvent(1)]);
    await trial.clock.advance(10_001);
    trial.transport.release();
    await trial.clock.advance(0);
    expect(await writing).toEqual({
      state: "done",
      reached: "delivered",
      except: [{ index: 0, was: "dropped", reason: { code: "expired" } }],
    });
    expect(trial.problems).toMatchObject([{ code: "dropped", reason: { code: "expired" } }]);
  });
});

describe("a microtask", () => {
  it("is asked for once, however many events fill a batch", async () => {
    const trial = startOutbox({ transport: { limits: { maxEvents: 2, inFlight: 9 } } });
    let leases = 0;
    const { lease } = trial.store;
    trial.store.lease = (...given) => {
      leases++;
      return lease.apply(trial.store, given);
    };
    trial.transport.hold();
    for (const event of testEvents(1, 50)) trial.sink.record(event);
    await trial.clock.advance(0);
    expect(leases).toBe(2); // The second finds the lane busy.
  });
});
