import { describe, expect, it } from "@jest/globals";
import { ActivityError } from "../errors/activity-error.ts";
import type { ActivityEvent } from "../event/activity-event.ts";
import { createEvent } from "../event/create-event.ts";
import type { Sink, WriteOutcome } from "../ports/sink.ts";
import { fanOut } from "./fan-out.ts";
import { memorySink } from "./memory-sink.ts";

const event = (name: string): ActivityEvent => createEvent({ type: "log", name });
const answering = (outcome: WriteOutcome): Sink => ({ ...memorySink(), write: async () => outcome });
const done = (reached: "queued" | "durable" | "delivered"): WriteOutcome => ({ state: "done", reached });
const capacity = { code: "capacity" };

describe("fanOut", () => {
  it("gives every event to every sink, and adds up their ledgers", async () => {
    const [a, b] = [memorySink(), memorySink()];
    const sink = fanOut(a, b);
    sink.record(event("one"));
    expect(await sink.write([event("two")])).toEqual(done("delivered"));
    expect(a.events).toEqual(b.events);
    expect(await sink.flush()).toMatchObject({ recorded: 4, delivered: 4, pending: 0 });
    expect(await sink.close()).toEqual(sink.stats());
  });

  it("adds drops reason by reason", () => {
    const dropping = (droppedBy: object): Sink => ({
      ...memorySink(),
      stats: () => ({ ...memorySink().stats(), droppedBy }),
    });
    expect(
      fanOut(dropping({ capacity: 2 }), dropping({ capacity: 1, expired: 4 })).stats().droppedBy,
    ).toEqual({ capacity: 3, expired: 4 });
  });

  it.each([
    [["delivered", "durable"], "durable"],
    [["durable", "queued", "delivered"], "queued"],
    [["delivered", "delivered"], "delivered"],
  ] as const)("reaches of %j the lowest: %s", async (levels, reached) => {
    expect(await fanOut(...levels.map((level) => answering(done(level)))).write([event("a")])).toEqual(
      done(reached),
    );
  });

  it("reports the worst that became of each event", async () => {
    const except = (index: number, was: "rejected" | "dropped" | "unknown"): WriteOutcome => ({
      state: "done",
      reached: "delivered",
      except: [{ index, was, reason: { code: was } }],
    });
    const sinks = [except(1, "dropped"), except(1, "rejected"), except(0, "unknown")].map(answering);
    expect(await fanOut(...sinks).write([event("a"), event("b")])).toEqual({
      state: "done",
      reached: "delivered",
      except: [
        { index: 0, was: "unknown", reason: { code: "unknown" } },
        { index: 1, was: "rejected", reason: { code: "rejected" } },
      ],
    });
  });

  it("refuses when all refuse, and asks for the longest wait", async () => {
    const refused = (retryAfterMs?: number): WriteOutcome => ({
      state: "refused",
      reason: capacity,
      ...(retryAfterMs ? { retryAfterMs } : {}),
    });
    expect(await fanOut(answering(refused(500)), answering(refused(2_000))).write([event("a")])).toEqual(
      refused(2_000),
    );
    expect(await fanOut(answering(refused()), answering(refused())).write([event("a")])).toEqual(refused());
  });

  it("says unknown of every event when one sink took them and another refused", async () => {
    const refusal: WriteOutcome = { state: "refused", reason: capacity };
    expect(await fanOut(memorySink(), answering(refusal)).write([event("a"), event("b")])).toEqual({
      state: "done",
      reached: "delivered",
      except: [
        { index: 0, was: "unknown", reason: capacity },
        { index: 1, was: "unknown", reason: capacity },
      ],
    });
  });

  it("tells the problems of all sinks, and leaves handlers alone that are set", () => {
    const own = (): void => undefined;
    const handler = (): void => undefined;
    const [a, b]: Sink[] = [memorySink(), { ...memorySink(), onProblem: own }];
    if (!a || !b) throw new Error("two sinks were made");
    const sink = fanOut(a, b);
    sink.onProblem = handler;
    expect([a.onProblem, b.onProblem, sink.onProblem]).toEqual([handler, own, handler]);
  });

  it("needs a sink", () => {
    expect(() => fanOut()).toThrow(ActivityError);
  });
});
