import { describe, expect, it } from "@jest/globals";
import type { Problem } from "../errors/problem.ts";
import type { Eviction } from "../ports/store.ts";
import type { Verdict } from "../ports/transport.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import { testEvent, testEvents } from "../testing/event-fixtures.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import { startOutbox } from "../testing/outbox-trial.ts";
import { recordingTransport } from "../testing/recording-transport.ts";
import { createOutbox } from "./outbox.ts";

const unreachable: Verdict = { kind: "retry", reason: { code: "unreachable" }, scope: "destination" };

async function rejectLater(): Promise<void> {
  throw new Error("the host is broken");
}

describe("problems", () => {
  it("may be told to a handler that throws", async () => {
    const clock = fakeClock();
    const transport = recordingTransport({ verdicts: [{ kind: "rejected", reason: { code: "bad" } }] });
    const sink = createOutbox(transport, createMemoryStore({ clock, maxEvents: 1 }), {
      clock,
      onProblem: () => {
        throw new Error("the host is broken");
      },
    });
    for (const event of testEvents(1, 2)) sink.record(event);
    // The announcement of the drop travels with it and is refused, too.
    expect(await sink.flush()).toMatchObject({ dropped: 1, rejected: 2 });
    expect(await sink.close()).toMatchObject({ pending: 0 });
  });

  it("may be told to an asynchronous handler that rejects", async () => {
    const trial = startOutbox({
      transport: { verdicts: [{ kind: "rejected", reason: { code: "bad" } }] },
      // An asynchronous function is taken for a handler by the compiler, though its promise goes nowhere.
      onProblem: rejectLater as () => void,
    });
    expect(await trial.sink.write([testEvent(1)])).toMatchObject({ except: [{ was: "rejected" }] });
  });

  it("go to the handler that is set now", async () => {
    const trial = startOutbox({
      transport: { verdicts: () => ({ kind: "rejected", reason: { code: "bad" } }) },
    });
    const told: string[] = [];
    trial.sink.onProblem = ({ code }) => told.push(code);
    await trial.sink.write([testEvent(1)]);
    expect(told).toEqual(["rejected"]);
    expect(trial.problems).toEqual([]);
  });

  it("of what is dropped while the outbox is made go to the handler that is set right after", async () => {
    const losses: Eviction[] = [{ reason: "corrupt", count: 1, texts: [testEvent(1).text], positions: [] }];
    const store = Object.assign(createMemoryStore(), { adopt: () => 1, evict: () => losses.splice(0) });
    const sink = createOutbox(recordingTransport(), store);
    const problems: Problem[] = [];
    sink.onProblem = (problem) => problems.push(problem);
    expect(await sink.close()).toMatchObject({ adopted: 1, dropped: 1 });
    expect(problems).toMatchObject([{ message: "events are being dropped: corrupt" }, { count: 1 }]);
  });

  it("name what was rejected, how many and why", async () => {
    const reason = { code: "http_400", detail: "a bad name" };
    const trial = startOutbox({ transport: { verdicts: [{ kind: "rejected", reason }] } });
    await trial.sink.write(testEvents(1, 2));
    expect(trial.problems).toEqual([
      { code: "rejected", message: "2 event(s) were refused for good: http_400", count: 2, reason },
    ]);
    expect(trial.sink.stats()).toMatchObject({ rejected: 2, pending: 0 });
  });

  it("ask for attention once, until it delivers again", async () => {
    const refused: Verdict = {
      ...unreachable,
      reason: { code: "http_401", detail: "bad key" },
      attention: true,
    };
    const trial = startOutbox({
      transport: {
        verdicts: [refused, refused, { kind: "delivered" }, { ...refused, reason: { code: "http_404" } }],
      },
    });
    void trial.sink.write([testEvent(1)]);
    await trial.clock.advance(10_000);
    expect(trial.problems).toEqual([
      { code: "paused", message: "nothing is sent for now: bad key", reason: refused.reason },
    ]);
    void trial.sink.write([testEvent(2)]);
    await trial.clock.advance(10_000);
    expect(trial.problems.slice(1)).toMatchObject([{ message: "nothing is sent for now: http_404" }]);
  });

  it("ask once for a lane that stays paused while others deliver", async () => {
    const missing: Verdict = {
      kind: "retry",
      reason: { code: "unknown_topic" },
      scope: "lane",
      attention: true,
      afterMs: 100,
    };
    let there = false;
    const trial = startOutbox({
      transport: {
        lane: ({ event_id }) => Number(event_id.split(".")[1]) % 3,
        verdicts: ({ lane }) => (lane === 0 || there ? { kind: "delivered" } : missing),
      },
    });
    for (let n = 1; n <= 30; n++) {
      trial.sink.record(testEvent(n));
      await trial.clock.advance(500);
    }
    expect(trial.sink.stats()).toMatchObject({ delivered: 10, pending: 20 });
    expect(trial.problems).toMatchObject([{ code: "paused", reason: { code: "unknown_topic" } }]);
    there = true;
    await trial.clock.advance(60_000);
    there = false;
    trial.sink.record(testEvent(31));
    await trial.clock.advance(5_000);
    expect(trial.problems).toHaveLength(2);
  });

  it("say nothing of an ordinary retry", async () => {
    const trial = startOutbox({ transport: { verdicts: [unreachable] } });
    void trial.sink.write([testEvent(1)]);
    await trial.clock.advance(10_000);
    expect(trial.problems).toEqual([]);
  });

  describe("of a next hop that cannot be reached", () => {
    const reason = { code: "unreachable", detail: "getaddrinfo ENOTFOUND brokr" };

    /** Fails until `backAtMs`, then delivers; gives the time at which each problem was told. */
    function startOutage(verdict: Partial<Extract<Verdict, { kind: "retry" }>> = {}) {
      const state = { isDown: true };
      const told: (readonly [ms: number, problem: Problem])[] = [];
      const trial = startOutbox({
        transport: {
          verdicts: () => (state.isDown ? { ...unreachable, reason, ...verdict } : { kind: "delivered" }),
        },
        onProblem: (problem) => told.push([trial.clock.monotonic() - startedAt, problem]),
      });
      const startedAt = trial.clock.monotonic();
      return { trial, state, told };
    }

    it.each<[string, object]>([
      ["as a whole", {}],
      ["in its only lane", { scope: "lane" }],
      ["though it says when to come again", { afterMs: 2_000 }],
    ])("are told once an outage, soon, with the reason: %s", async (_, verdict) => {
      const { trial, state, told } = startOutage(verdict);
      for (const n of [1, 2]) {
        state.isDown = true;
        const before = trial.clock.monotonic();
        trial.sink.record(testEvent(n));
        for (let ms = 0; ms < 60_000; ms += 500) await trial.clock.advance(500);
        expect(told).toHaveLength(n);
        const [at, problem] = told[n - 1] ?? [];
        expect(problem).toEqual({
          code: "delayed",
          message: expect.stringMatching(
            /^nothing could be delivered for \d+ s, events wait: getaddrinfo ENOTFOUND brokr$/,
          ),
          reason,
        });
        expect((at ?? 0) - before).toBeGreaterThan(3_000);
        expect((at ?? 0) - before).toBeLessThan(10_000);
        state.isDown = false;
        for (let ms = 0; ms < 60_000; ms += 500) await trial.clock.advance(500);
        expect(trial.sink.stats()).toMatchObject({ delivered: n, pending: 0 });
      }
    });

    it("are told of a transport that breaks its contract, too", async () => {
      const { trial, told } = startOutage();
      trial.transport.send = async () => {
        throw new TypeError("not a function");
      };
      trial.sink.record(testEvent(1));
      for (let ms = 0; ms < 20_000; ms += 500) await trial.clock.advance(500);
      expect(told).toMatchObject([[expect.any(Number), { reason: { code: "transport_failed" } }]]);
    });

    it.each([500, 1_000, 2_000])("are not told where it is back after %d ms", async (backAtMs) => {
      const { trial, state, told } = startOutage();
      trial.sink.record(testEvent(1));
      await trial.clock.advance(1_000 + backAtMs);
      state.isDown = false;
      await trial.clock.advance(60_000);
      expect([told, trial.sink.stats().delivered]).toEqual([[], 1]);
    });

    it("are not told again where a pause was told", async () => {
      const { trial, state, told } = startOutage({ attention: true });
      trial.sink.record(testEvent(1));
      await trial.clock.advance(20_000);
      expect(told).toMatchObject([[expect.any(Number), { code: "paused" }]]);
      state.isDown = false;
      await trial.clock.advance(60_000);
      expect(told).toHaveLength(1);
    });

    it("are told at the first try that hears nothing for long, but only of the time since something was delivered", async () => {
      const told: Problem[] = [];
      const trial = startOutbox({
        transport: {
          limits: { inFlight: 2 },
          lane: ({ event_id }) => Number(event_id.split(".")[1]) % 2,
        },
        onProblem: (problem) => told.push(problem),
      });
      const { send } = trial.transport;
      const hangs = async (): Promise<Verdict> => {
        await trial.clock.sleep(15_000);
        return { ...unreachable, reason: { code: "timeout" } };
      };
      trial.transport.send = (batch, signal) => (batch.lane === 0 ? send(batch, signal) : hangs());
      trial.sink.record(testEvent(1));
      await trial.clock.advance(10_000);
      trial.sink.record(testEvent(2));
      await trial.clock.advance(7_000);
      expect(trial.sink.stats().delivered).toBe(1);
      expect(told).toMatchObject([{ message: "nothing could be delivered for 5 s, events wait: timeout" }]);
    });

    it("are not told while others of its lanes deliver", async () => {
      const told: Problem[] = [];
      const trial = startOutbox({
        transport: {
          lane: ({ event_id }) => Number(event_id.split(".")[1]) % 2,
          verdicts: ({ lane }) => (lane === 0 ? { kind: "delivered" } : { ...unreachable, scope: "lane" }),
        },
        onProblem: (problem) => told.push(problem),
      });
      for (let n = 1; n <= 40; n++) {
        trial.sink.record(testEvent(n));
        await trial.clock.advance(500);
      }
      expect(told).toEqual([]);
    });

    it("are not told of attempts that close has aborted", async () => {
      const told: Problem[] = [];
      const trial = startOutbox({
        onProblem: (problem) => told.push(problem),
      });
      trial.transport.hold();
      trial.sink.record(testEvent(1));
      await trial.clock.advance(10_000);
      const closed = trial.sink.close({ timeoutMs: 1_000 });
      await trial.clock.advance(10_000);
      await closed;
      expect(told).toMatchObject([{ code: "dropped" }]);
    });
  });
});
