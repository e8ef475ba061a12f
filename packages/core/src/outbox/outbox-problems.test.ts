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
});
