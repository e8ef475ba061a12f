import type { ActivityEvent } from "../event/activity-event.ts";
import type { AckLevel, LedgerSnapshot, Sink, WriteOutcome } from "../ports/sink.ts";
import { testEvent, testEvents } from "./event-fixtures.ts";
import type { TestKit } from "./test-kit.ts";

/** A new sink, and what a contract needs to watch it. */
export interface SinkUnderTest {
  readonly sink: Sink;
  /** Texts of the events that have reached the far side, in any order. */
  arrived(): readonly string[] | Promise<readonly string[]>;
  /** Lets time pass: a fake clock's `advance`, or a real wait where the far side is real. */
  pass(ms: number): Promise<void>;
  /** Makes the far side hang: it takes what comes and answers nothing. Needed unless `immediate`. */
  readonly stall?: (() => void | Promise<void>) | undefined;
  /** Lets it answer again, also what it has taken meanwhile. Needed unless `immediate`. */
  readonly heal?: (() => void | Promise<void>) | undefined;
  /** Timers that keep the process alive; `0` is asked for after close. */
  readonly heldTimers?: (() => number) | undefined;
  readonly dispose?: (() => void | Promise<void>) | undefined;
}

/** Options of {@link describeSinkContract}. */
export interface SinkContractOptions {
  readonly name: string;
  readonly kit: TestKit;
  /** Whether the sink is done with an event when it has it, so that nothing can wait or hang. @defaultValue false */
  readonly immediate?: boolean | undefined;
  /** How often its ledger counts one event: once for each sink of a `fanOut`. @defaultValue 1 */
  readonly copies?: number | undefined;
  /** Makes one for each test. It has no batch to fill: at most 100 events are given to it. */
  create(): SinkUnderTest | Promise<SinkUnderTest>;
}

interface Trial {
  readonly sink: Sink;
  readonly kit: TestKit;
  readonly copies: number;
  readonly pass: (ms: number) => Promise<void>;
  readonly stall: () => Promise<void>;
  readonly heal: () => Promise<void>;
  readonly heldTimers: () => number;
  /** Which of some events have arrived. */
  arrived(events: readonly ActivityEvent[]): Promise<readonly boolean[]>;
  /** Waits for a promise while time passes, and fails when it rejects or never ends. */
  outcome<T>(promise: Promise<T>): Promise<T>;
  /** Fails when the ledger does not balance. */
  balance(): LedgerSnapshot;
}

type Check = (name: string, body: (trial: Trial) => Promise<void>) => void;

const levels: readonly AckLevel[] = ["queued", "durable", "delivered"];
/** The longest that a contract waits: 600 passes of 50 ms. */
const stepMs = 50;
const maxSteps = 600;

/** Tests of everything that a client, and whoever calls `write`, relies on in a sink. */
export function describeSinkContract(options: SinkContractOptions): void {
  const { name, kit, immediate = false, create, copies = 1 } = options;
  const check: Check = (rule, body) =>
    kit.it(rule, async () => {
      const under = await create();
      try {
        await body(startTrial(under, kit, copies));
      } finally {
        await under.heal?.();
        await startTrial(under, kit, copies).outcome(under.sink.close());
        await under.dispose?.();
      }
    });
  kit.describe(`${name} keeps the contract of a sink`, () => {
    checkRecord(check);
    checkWrite(check);
    checkFlush(check);
    checkClose(check);
    if (!immediate) {
      checkAbort(check);
      checkStalledFlush(check);
      checkStalledClose(check);
    }
  });
}

function checkRecord(check: Check): void {
  check("records without a promise and delivers in the end", async (trial) => {
    const events = testEvents(1, 3);
    for (const event of events) {
      trial.kit.expect(trial.sink.record(event)).toBe(undefined);
      trial.balance();
    }
    trial.kit.expect(trial.balance().recorded).toBe(3 * trial.copies);
    const after = await trial.outcome(trial.sink.flush());
    trial.kit.expect([after.delivered, after.pending]).toEqual([3 * trial.copies, 0]);
    trial.kit.expect(await trial.arrived(events)).toEqual([true, true, true]);
  });
  check("takes a handler of problems where it has none", async ({ sink, kit }) => {
    const handler = sink.onProblem;
    kit.expect(typeof handler).toBe("function");
    sink.onProblem ??= () => undefined;
    kit.expect(sink.onProblem).toBe(handler);
  });
}

function checkWrite(check: Check): void {
  for (const until of levels) {
    check(`answers a write when it is ${until}`, async (trial) => {
      const events = testEvents(1, 3);
      const outcome = await trial.outcome(trial.sink.write(events, { until }));
      trial.kit.expect(reachedBy(outcome, until)).toEqual([]);
      trial.balance();
      if (until === "delivered") trial.kit.expect(await trial.arrived(events)).toEqual([true, true, true]);
      await trial.outcome(trial.sink.flush());
      trial.kit.expect(await trial.arrived(events)).toEqual([true, true, true]);
      trial.kit.expect(trial.balance().delivered).toBe(3 * trial.copies);
    });
  }
  check("waits for delivery unless told otherwise", async (trial) => {
    const outcome = await trial.outcome(trial.sink.write([testEvent(1)]));
    trial.kit.expect(reachedBy(outcome, "delivered")).toEqual([]);
    trial.kit.expect(await trial.arrived([testEvent(1)])).toEqual([true]);
  });
  check("answers a write of nothing", async (trial) => {
    trial.kit.expect(reachedBy(await trial.outcome(trial.sink.write([])), "delivered")).toEqual([]);
    trial.kit.expect(trial.balance().recorded).toBe(0);
  });
  check("refuses a write that was given up before it began, and takes nothing of it", async (trial) => {
    const outcome = await trial.outcome(trial.sink.write([testEvent(1)], { signal: AbortSignal.abort() }));
    trial.kit.expect(outcome.state).toBe("refused");
    await trial.outcome(trial.sink.flush());
    trial.kit.expect(trial.balance().recorded).toBe(0);
    trial.kit.expect(await trial.arrived([testEvent(1)])).toEqual([false]);
  });
  check("takes no notice of an abort after the answer", async (trial) => {
    const stop = new AbortController();
    await trial.outcome(trial.sink.write([testEvent(1)], { signal: stop.signal }));
    const before = trial.balance();
    stop.abort();
    await trial.pass(0);
    trial.kit.expect(trial.balance()).toEqual(before);
  });
}

function checkFlush(check: Check): void {
  check("flushes when there is nothing to flush", async (trial) => {
    trial.kit.expect(await trial.outcome(trial.sink.flush())).toEqual(trial.sink.stats());
    trial.kit.expect(trial.balance().recorded).toBe(0);
  });
  check("leaves earlier snapshots as they were", async (trial) => {
    const before = trial.sink.stats();
    trial.sink.record(testEvent(1));
    await trial.outcome(trial.sink.flush());
    trial.kit.expect(trial.sink.stats().delivered).toBe(trial.copies);
    trial.kit.expect([before.recorded, before.delivered]).toEqual([0, 0]);
  });
}

function checkClose(check: Check): void {
  check("delivers on close what was recorded before", async (trial) => {
    trial.sink.record(testEvent(1));
    const closed = await trial.outcome(trial.sink.close());
    trial.kit.expect([closed.delivered, closed.pending]).toEqual([trial.copies, 0]);
    trial.balance();
    trial.kit.expect(await trial.arrived([testEvent(1)])).toEqual([true]);
    trial.kit.expect(trial.heldTimers()).toBe(0);
  });
  check("closes once, however often it is told to", async (trial) => {
    trial.sink.record(testEvent(1));
    const both = Promise.all([trial.sink.close(), trial.sink.close({ timeoutMs: 1 })]);
    const [closed, second] = await trial.outcome(both);
    trial.kit.expect(second).toEqual(closed);
    trial.kit.expect(await trial.outcome(trial.sink.close())).toEqual(closed);
    trial.kit.expect(await trial.outcome(trial.sink.flush())).toEqual(closed);
  });
  check("counts what is recorded after close", async (trial) => {
    const before = await trial.outcome(trial.sink.close());
    trial.sink.record(testEvent(1));
    await trial.pass(0);
    const { recorded, delivered, dropped, pending } = trial.balance();
    trial.kit.expect([recorded - before.recorded, pending]).toEqual([trial.copies, 0]);
    trial.kit.expect(delivered + dropped).toBe(trial.copies);
  });
  check("answers a write after close truthfully", async (trial) => {
    await trial.outcome(trial.sink.close());
    const before = trial.balance();
    const outcome = await trial.outcome(trial.sink.write([testEvent(1)]));
    const [arrived] = await trial.arrived([testEvent(1)]);
    if (outcome.state === "refused") {
      trial.kit.expect(arrived).toBe(false);
      trial.kit.expect(trial.balance()).toEqual(before);
    } else trial.kit.expect(arrived || outcome.except?.[0]?.was === "unknown").toBe(true);
    trial.balance();
  });
}

function checkAbort(check: Check): void {
  check("takes back what was not sent, and says of the rest that it is unknown", async (trial) => {
    await trial.stall();
    const stop = new AbortController();
    const events = testEvents(1, 100);
    trial.sink.record(testEvent(101));
    const writing = trial.sink.write(events, { signal: stop.signal });
    await trial.pass(stepMs);
    trial.balance();
    stop.abort();
    const outcome = await trial.outcome(writing);
    trial.balance();
    if (outcome.state === "refused") throw new Error("a write was refused after it was taken");
    const exceptions = outcome.except ?? [];
    trial.kit.expect(exceptions.map(({ index }) => index)).toEqual(events.map((_, index) => index));
    await trial.heal();
    await trial.outcome(trial.sink.flush());
    trial.balance();
    const arrived = await trial.arrived(events);
    for (const { index, was, reason, late } of exceptions) {
      trial.kit.expect(was === "withdrawn" || was === "unknown").toBe(true);
      if (was === "withdrawn") trial.kit.expect(arrived[index]).toBe(false);
      trial.kit.expect(typeof reason.code).toBe("string");
      // What is known at last must be so.
      const fate = late && (await trial.outcome(late));
      if (fate === "delivered") trial.kit.expect(arrived[index]).toBe(true);
      if (fate === "withdrawn") trial.kit.expect(arrived[index]).toBe(false);
    }
    trial.kit.expect(await trial.arrived([testEvent(101)])).toEqual([true]);
  });
}

function checkStalledFlush(check: Check): void {
  check("answers a write that need only be queued, although nothing answers there", async (trial) => {
    await trial.stall();
    const outcome = await trial.outcome(trial.sink.write([testEvent(1)], { until: "queued" }));
    trial.kit.expect(reachedBy(outcome, "queued")).toEqual([]);
    trial.balance();
  });
  check("flushes what was recorded before, also during another flush", async (trial) => {
    await trial.stall();
    trial.sink.record(testEvent(1));
    const first = trial.sink.flush();
    await trial.pass(stepMs);
    trial.sink.record(testEvent(2));
    const second = trial.sink.flush();
    await trial.pass(stepMs);
    trial.balance();
    await trial.heal();
    await trial.outcome(first);
    trial.kit.expect(await trial.arrived([testEvent(1)])).toEqual([true]);
    await trial.outcome(second);
    trial.kit.expect(await trial.arrived([testEvent(2)])).toEqual([true]);
    trial.balance();
  });
  check("ends a flush in time", async (trial) => {
    await trial.stall();
    trial.sink.record(testEvent(1));
    const flushed = await trial.outcome(trial.sink.flush({ timeoutMs: 2 * stepMs }));
    trial.kit.expect(flushed.pending).toBe(trial.copies);
    trial.balance();
  });
}

function checkStalledClose(check: Check): void {
  check("ends a close in time and accounts for what is left", async (trial) => {
    await trial.stall();
    trial.sink.record(testEvent(1));
    const writing = trial.sink.write([testEvent(2)]);
    const closing = trial.sink.close({ timeoutMs: 4 * stepMs });
    trial.balance();
    const closed = await trial.outcome(closing);
    trial.kit.expect(closed.pending).toBe(0);
    trial.kit.expect(closed.handedOver + closed.dropped).toBe(2 * trial.copies);
    trial.balance();
    const outcome = await trial.outcome(writing);
    const was = outcome.state === "done" ? outcome.except?.map((exception) => exception.was) : ["refused"];
    trial.kit.expect(was).toEqual([closed.handedOver > 0 ? "unknown" : "dropped"]);
    trial.kit.expect(trial.heldTimers()).toBe(0);
  });
  check("takes no notice of answers that come after close", async (trial) => {
    await trial.stall();
    trial.sink.record(testEvent(1));
    const closed = await trial.outcome(trial.sink.close({ timeoutMs: stepMs }));
    await trial.heal();
    await trial.pass(stepMs);
    trial.kit.expect(trial.balance()).toEqual(closed);
  });
  check("closes during a flush", async (trial) => {
    await trial.stall();
    trial.sink.record(testEvent(1));
    const flushing = trial.sink.flush();
    // Enough for an answer of a far side that is real, on a machine that has other things to do.
    const closing = trial.sink.close({ timeoutMs: (maxSteps / 2) * stepMs });
    await trial.pass(stepMs);
    await trial.heal();
    trial.kit.expect((await trial.outcome(closing)).delivered).toBe(trial.copies);
    await trial.outcome(flushing);
    trial.balance();
  });
}

function startTrial(under: SinkUnderTest, kit: TestKit, copies: number): Trial {
  const { sink } = under;
  // What a contract provokes is no news to anybody.
  sink.onProblem ??= () => undefined;
  const needed = (hook: (() => void | Promise<void>) | undefined, name: string) => async () => {
    if (hook === undefined) throw new Error(`a sink that is not immediate needs ${name}()`);
    await hook();
  };
  return {
    sink,
    kit,
    copies,
    pass: (ms) => under.pass(ms),
    stall: needed(under.stall, "stall"),
    heal: needed(under.heal, "heal"),
    heldTimers: () => under.heldTimers?.() ?? 0,
    arrived: async (events) => {
      const texts = new Set(await under.arrived());
      return events.map(({ text }) => texts.has(text));
    },
    outcome: async (promise) => {
      let ended = false;
      const end = (): void => {
        ended = true;
      };
      void promise.then(end, end);
      for (let step = 0; step < maxSteps && !ended; step++) await under.pass(step === 0 ? 0 : stepMs);
      if (!ended) throw new Error(`nothing came of it in ${maxSteps * stepMs} ms`);
      return promise;
    },
    balance: () => {
      const ledger = sink.stats();
      const { delivered, handedOver, pending, rejected, dropped, withdrawn } = ledger;
      const outcomes = delivered + handedOver + pending + rejected + dropped + withdrawn;
      kit.expect({ entered: ledger.recorded + ledger.adopted }).toEqual({ entered: outcomes });
      const named = Object.values(ledger.droppedBy).reduce((sum, count) => sum + count, 0);
      kit.expect({ dropped: named }).toEqual({ dropped });
      return ledger;
    },
  };
}

/** What keeps an outcome from being all it should be; nothing when it is. */
function reachedBy(outcome: WriteOutcome, until: AckLevel): readonly string[] {
  if (outcome.state === "refused") return [`refused: ${outcome.reason.code}`];
  return [
    ...(levels.indexOf(outcome.reached) < levels.indexOf(until) ? [`reached ${outcome.reached} only`] : []),
    ...(outcome.except ?? []).map(({ index, was }) => `event ${index} was ${was}`),
  ];
}
