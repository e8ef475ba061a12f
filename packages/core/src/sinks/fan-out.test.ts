import { describe, expect, it } from "@jest/globals";
import { ActivityError } from "../errors/activity-error.ts";
import type { ActivityEvent } from "../event/activity-event.ts";
import { createEvent } from "../event/create-event.ts";
import type { AckLevel, LateFate, Sink, SinkFate, WriteException, WriteOutcome } from "../ports/sink.ts";
import { fanOut } from "./fan-out.ts";
import { memorySink } from "./memory-sink.ts";

const event = (name: string): ActivityEvent => createEvent({ type: "log", name });
const answering = (outcome: WriteOutcome): Sink => ({ ...memorySink(), write: async () => outcome });
const done = (reached: AckLevel): Extract<WriteOutcome, { state: "done" }> => ({ state: "done", reached });
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

  it("reports the worst that became of each event, and what became of it at each sink", async () => {
    const except = (index: number, was: WriteException["was"]): WriteOutcome => ({
      state: "done",
      reached: "delivered",
      except: [{ index, was, reason: { code: was } }],
    });
    const sinks = [except(1, "dropped"), except(1, "rejected"), except(0, "unknown")].map(answering);
    const told = (was: WriteException["was"]): SinkFate => ({ was, reason: { code: was } });
    const delivered = { was: "delivered" };
    expect(await fanOut(...sinks).write([event("a"), event("b")])).toEqual({
      state: "done",
      reached: "delivered",
      except: [
        { index: 0, ...told("unknown"), sinks: [delivered, delivered, told("unknown")] },
        { index: 1, ...told("rejected"), sinks: [told("dropped"), told("rejected"), delivered] },
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

  it("says where each event is when one sink took them and another refused", async () => {
    const refusal: WriteOutcome = { state: "refused", reason: capacity };
    const partly: WriteOutcome = {
      ...done("durable"),
      except: [
        { index: 1, was: "rejected", reason: { code: "bad_time" } },
        { index: 2, was: "withdrawn", reason: { code: "aborted" } },
      ],
    };
    const refused = { was: "refused", reason: capacity };
    expect(
      await fanOut(answering(partly), answering(refusal)).write([event("a"), event("b"), event("c")]),
    ).toEqual({
      state: "done",
      reached: "durable",
      except: [
        { index: 0, was: "unknown", reason: capacity, sinks: [{ was: "durable" }, refused] },
        {
          index: 1,
          was: "rejected",
          reason: { code: "bad_time" },
          sinks: [{ was: "rejected", reason: { code: "bad_time" } }, refused],
        },
        {
          index: 2,
          was: "withdrawn",
          reason: { code: "aborted" },
          sinks: [{ was: "withdrawn", reason: { code: "aborted" } }, refused],
        },
      ],
    });
  });

  const inFlight = (late: Promise<LateFate>): WriteOutcome => ({
    ...done("delivered"),
    except: [{ index: 0, was: "unknown", reason: { code: "aborted" }, late }],
  });

  it.each<[fates: readonly LateFate[], joined: LateFate]>([
    [["delivered", "delivered"], "delivered"],
    [["delivered", "rejected"], "rejected"],
    [["dropped", "unknown"], "dropped"],
    [["unknown", "delivered"], "unknown"],
    [["withdrawn", "withdrawn"], "withdrawn"],
    [["withdrawn", "delivered"], "unknown"],
  ])("tells late what became of an event whose sinks told %j", async (fates, joined) => {
    const sinks = fates.map((fate) => answering(inFlight(Promise.resolve(fate))));
    const outcome = await fanOut(...sinks).write([event("a")]);
    expect(outcome).toMatchObject({ except: [{ was: "unknown" }] });
    expect(outcome.state === "done" && (await outcome.except?.[0]?.late)).toBe(joined);
  });

  it("promises no late word where one sink never got the event", async () => {
    const sinks = [inFlight(Promise.resolve("delivered")), { state: "refused", reason: capacity } as const];
    const outcome = await fanOut(...sinks.map(answering)).write([event("a")]);
    expect(outcome.state === "done" && outcome.except?.[0]).toMatchObject({ was: "unknown" });
    expect(outcome.state === "done" && outcome.except?.[0]?.late).toBeUndefined();
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

  it("gives a client's handler to the sinks that have none", () => {
    const own = (): void => undefined;
    const handler = (): void => undefined;
    const [a, b]: Sink[] = [{ ...memorySink(), onProblem: own }, memorySink()];
    if (!a || !b) throw new Error("two sinks were made");
    const sink = fanOut(a, b);
    sink.onProblem ??= handler;
    expect([a.onProblem, b.onProblem]).toEqual([own, handler]);
  });

  it.each<[unknown, string]>([
    [
      [memorySink(), memorySink()],
      "argument 1 of fanOut is a list; sinks are given one by one, fanOut(a, b)",
    ],
    [undefined, "argument 1 of fanOut is no sink"],
    ["sink", "argument 1 of fanOut is no sink"],
  ])("takes sinks one by one", (first, message) => {
    expect(() => fanOut(first as Sink, memorySink())).toThrow(message);
    const second = message.replace("1", "2");
    expect(() => fanOut(memorySink(), first as Sink)).toThrow(second);
  });

  it("needs a sink", () => {
    expect(() => fanOut()).toThrow(ActivityError);
  });
});
