import { describe, expect, it } from "@jest/globals";
import type { WriteOutcome } from "../ports/sink.ts";
import { Waiters } from "./waiters.ts";

const reason = { code: "bad" };

function start(events = 0): {
  waiters: Waiters;
  outcomes: WriteOutcome[];
  note: (outcome: WriteOutcome) => void;
} {
  const waiters = new Waiters();
  for (let position = 1; position <= events; position++) waiters.enter(position);
  const outcomes: WriteOutcome[] = [];
  return { waiters, outcomes, note: (outcome) => outcomes.push(outcome) };
}

/** Whether a promise has resolved. */
async function done(promise: Promise<unknown>): Promise<boolean> {
  return Promise.race([promise.then(() => true), Promise.resolve().then(() => Promise.resolve(false))]);
}

describe("a ticket", () => {
  it("is answered when its last event has an outcome", () => {
    const { waiters, outcomes, note } = start(4);
    waiters.open(2, 2, note);
    for (const position of [1, 3, 4]) waiters.settle(position);
    expect(outcomes).toEqual([]);
    expect(waiters.waiting).toBe(true);
    waiters.settle(2);
    expect(outcomes).toEqual([{ state: "done", reached: "delivered" }]);
    expect(waiters.waiting).toBe(false);
  });

  it("names events that did not arrive by their place, in order", () => {
    const { waiters, outcomes, note } = start(3);
    waiters.open(1, 3, note);
    waiters.settle(3, "rejected", reason);
    waiters.settle(2);
    waiters.settle(1, "dropped");
    expect(outcomes).toEqual([
      {
        state: "done",
        reached: "delivered",
        except: [
          { index: 0, was: "dropped", reason: { code: "dropped" } },
          { index: 2, was: "rejected", reason },
        ],
      },
    ]);
  });

  it("counts an event once", () => {
    const { waiters, outcomes, note } = start(2);
    waiters.open(1, 2, note);
    waiters.settle(1);
    waiters.settle(1, "rejected", reason);
    waiters.settle(2);
    expect(outcomes).toEqual([{ state: "done", reached: "delivered" }]);
  });

  it("is answered early where less is asked for", () => {
    const { waiters, outcomes, note } = start(2);
    const other = waiters.open(1, 1, note);
    const ticket = waiters.open(2, 1, note);
    waiters.finish(ticket, "durable");
    expect(outcomes).toEqual([{ state: "done", reached: "durable" }]);
    waiters.finish(ticket, "durable");
    waiters.settle(2);
    expect(waiters.waiting).toBe(true);
    waiters.settle(1);
    expect(waiters.waiting).toBe(false);
    expect(other.open.size).toBe(0);
  });

  it("says on abort what was withdrawn and what is unknown, and holds nobody any more", () => {
    const { waiters, outcomes, note } = start(3);
    const ticket = waiters.open(1, 3, note);
    waiters.settle(1);
    waiters.abort(ticket, new Set([1]), { code: "aborted" });
    const expected = {
      state: "done",
      reached: "delivered",
      except: [
        { index: 1, was: "withdrawn", reason: { code: "aborted" } },
        { index: 2, was: "unknown", reason: { code: "aborted" }, late: expect.any(Promise) },
      ],
    };
    expect(outcomes).toEqual([expected]);
    expect(waiters.waiting).toBe(false);
    waiters.settle(2);
    waiters.settle(3, "rejected", reason);
    expect(outcomes).toEqual([expected]);
  });

  it("tells the fate of what was in flight at an abort when it is known", async () => {
    const { waiters, outcomes, note } = start(5);
    const ticket = waiters.open(1, 4, note);
    waiters.abort(ticket, new Set([3]), { code: "aborted" });
    waiters.settle(1);
    waiters.settle(2, "rejected", reason);
    waiters.end("dropped", reason);
    const [outcome] = outcomes;
    const except = outcome?.state === "done" ? (outcome.except ?? []) : [];
    expect(await Promise.all(except.flatMap(({ late }) => late ?? []))).toEqual([
      "delivered",
      "rejected",
      "dropped",
    ]);
  });

  it("knows which positions nobody waits for any more, until they have an outcome", () => {
    const { waiters, note } = start(4);
    const ticket = waiters.open(2, 2, note);
    expect(waiters.abandoned(2)).toBe(false);
    waiters.abort(ticket, new Set(), reason);
    expect([1, 2, 3, 4].map((position) => waiters.abandoned(position))).toEqual([false, true, true, false]);
    waiters.settle(2);
    waiters.settle(3);
    expect(waiters.abandoned(3)).toBe(false);
  });

  it("is answered at the end with what is left", () => {
    const { waiters, outcomes, note } = start(3);
    waiters.open(1, 2, note);
    const aborted = waiters.open(3, 1, note);
    waiters.abort(aborted, new Set(), reason);
    waiters.settle(1);
    waiters.end("dropped", { code: "closed" });
    expect(outcomes.slice(1)).toEqual([
      {
        state: "done",
        reached: "delivered",
        except: [{ index: 1, was: "dropped", reason: { code: "closed" } }],
      },
    ]);
    expect(waiters.waiting).toBe(false);
  });
});

describe("a barrier", () => {
  it("is reached at once when nothing is pending", async () => {
    const { waiters } = start();
    const { reached, cancel } = waiters.barrier();
    expect(await done(reached)).toBe(true);
    expect(waiters.draining).toBe(false);
    cancel();
  });

  it("is reached when everything before it has an outcome, whatever comes after it", async () => {
    const { waiters } = start(2);
    waiters.settle(1);
    const { reached } = waiters.barrier();
    waiters.enter(3);
    expect([waiters.draining, waiters.waiting]).toEqual([true, true]);
    waiters.settle(3);
    expect(await done(reached)).toBe(false);
    waiters.settle(2);
    expect(await done(reached)).toBe(true);
    expect([waiters.draining, waiters.waiting]).toEqual([false, false]);
  });

  it("counts from what is pending when it is set", async () => {
    const { waiters } = start(1);
    const first = waiters.barrier();
    waiters.enter(2);
    const second = waiters.barrier();
    waiters.settle(1);
    expect([await done(first.reached), await done(second.reached)]).toEqual([true, false]);
    waiters.settle(2);
    expect(await done(second.reached)).toBe(true);
  });

  it("stops holding when it is cancelled", () => {
    const { waiters } = start(1);
    waiters.barrier().cancel();
    expect(waiters.draining).toBe(false);
  });

  it("is reached at the end", async () => {
    const { waiters } = start(1);
    const { reached } = waiters.barrier();
    waiters.end("unknown", reason);
    expect(await done(reached)).toBe(true);
    expect(waiters.waiting).toBe(false);
  });
});

describe("an announcement", () => {
  it("is under way until it has an outcome", () => {
    const { waiters } = start(2);
    expect(waiters.announcing).toBe(false);
    waiters.announce(2);
    waiters.settle(1);
    expect([waiters.announcing, waiters.waiting]).toEqual([true, false]);
    waiters.settle(2, "dropped", reason);
    expect(waiters.announcing).toBe(false);
  });
});
