import { describe, expect, it } from "@jest/globals";
import type { ActivityEvent } from "../event/activity-event.ts";
import { createEvent } from "../event/create-event.ts";
import type { Sink } from "../ports/sink.ts";
import { filter } from "./filter.ts";
import { memorySink } from "./memory-sink.ts";

const event = (type: string, name: string): ActivityEvent => createEvent({ type, name });
const noMetrics = (candidate: ActivityEvent): boolean => candidate.event_type !== "metric";

describe("filter", () => {
  it("lets through what the predicate accepts and counts the others", async () => {
    const inner = memorySink();
    const sink = filter(inner, noMetrics);
    sink.record(event("metric", "size"));
    sink.record(event("log", "line"));
    await sink.write([event("metric", "size"), event("log", "line")]);
    expect(inner.events.map(({ event_type }) => event_type)).toEqual(["log", "log"]);
    expect(sink.filtered).toBe(2);
    expect(sink.stats()).toMatchObject({ recorded: 2, dropped: 0 });
    expect(await sink.flush()).toEqual(inner.stats());
    expect(await sink.close()).toEqual(inner.stats());
  });

  it("keeps an event that its predicate cannot read", () => {
    const inner = memorySink();
    const sink = filter(inner, () => {
      throw new Error("no such attribute");
    });
    sink.record(event("log", "line"));
    expect(inner.events).toHaveLength(1);
    expect(sink.filtered).toBe(0);
  });

  it("names exceptions by their place in the write that was made", async () => {
    const reason = { code: "empty" };
    const inner: Sink = {
      ...memorySink(),
      write: async (events) => ({
        state: "done",
        reached: "delivered",
        except: [{ index: events.length - 1, was: "rejected", reason }],
      }),
    };
    const events = [event("log", "a"), event("metric", "b"), event("log", "c"), event("metric", "d")];
    expect(await filter(inner, noMetrics).write(events)).toEqual({
      state: "done",
      reached: "delivered",
      except: [{ index: 2, was: "rejected", reason }],
    });
  });

  it("passes a refusal on as it is", async () => {
    const refusal = { state: "refused", reason: { code: "capacity" }, retryAfterMs: 1_000 } as const;
    const sink = filter({ ...memorySink(), write: async () => refusal }, noMetrics);
    expect(await sink.write([event("log", "a")])).toBe(refusal);
  });

  it("tells problems where the inner sink does", () => {
    const inner: Sink = memorySink();
    const handler = (): void => undefined;
    const sink = filter(inner, noMetrics);
    sink.onProblem = handler;
    expect(inner.onProblem).toBe(handler);
    expect(sink.onProblem).toBe(handler);
  });
});
