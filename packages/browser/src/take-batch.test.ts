import { describe, expect, it } from "@jest/globals";
import { waitingEvent } from "../test/waiting-event.ts";
import { maxAgeMs } from "./browser-limits.ts";
import { createEventQueue } from "./event-queue.ts";
import type { BatchWish } from "./take-batch.ts";
import { takeBatch } from "./take-batch.ts";
import type { WaitingEvent } from "./waiting-event.ts";

const wish: BatchWish = {
  maxEvents: 10,
  maxBytes: 1_000,
  isLeaving: false,
  standing: () => "now",
  isWithheld: () => false,
  nowMs: 0,
};

function queueOf(...events: readonly WaitingEvent[]) {
  const queue = createEventQueue();
  for (const event of events) queue.add(event);
  return queue;
}
const idsOf = (events: readonly WaitingEvent[]) => events.map(({ id }) => id);

describe("takeBatch", () => {
  it("takes in order what is neither under way nor withheld", () => {
    const queue = queueOf(...["a.1", "a.2", "a.3", "a.4"].map((id) => waitingEvent(id)));
    queue.flying.add("a.1");
    expect(idsOf(takeBatch(queue, { ...wish, isWithheld: (id) => id === "a.3" }))).toEqual(["a.2", "a.4"]);
  });

  it.each([
    [1, 1, 1_000],
    [2, 10, 202],
    [3, 10, 303],
    [1, 10, 50],
  ])(
    "takes %d when there is room for %d of %d bytes; a larger one travels alone",
    (taken, maxEvents, maxBytes) => {
      const queue = queueOf(...["a.1", "a.2", "a.3"].map((id) => waitingEvent(id)));
      expect(takeBatch(queue, { ...wish, maxEvents, maxBytes })).toHaveLength(taken);
    },
  );

  it("takes the most important first when the page leaves, and nothing for which there is no room", () => {
    const queue = queueOf(
      waitingEvent("a.1", { type: "metric" }),
      waitingEvent("a.2", { type: "error", bytes: 5_000 }),
      waitingEvent("a.3", { type: "billing" }),
      waitingEvent("a.4"),
    );
    expect(idsOf(takeBatch(queue, { ...wish, isLeaving: true }))).toEqual(["a.3", "a.4", "a.1"]);
  });

  it.each([
    [maxAgeMs, 1, 0],
    [maxAgeMs + 1, 0, 1],
    [-maxAgeMs, 1, 0],
  ])("of an event that is %d ms old it takes %d and drops %d", (nowMs, taken, dropped) => {
    const queue = queueOf(waitingEvent("a.1"));
    expect(takeBatch(queue, { ...wish, nowMs })).toHaveLength(taken);
    expect(queue.droppedBy).toEqual(dropped ? { expired: 1 } : {});
  });

  it("leaves what waits for its user, and drops what nobody will come back for", () => {
    const queue = queueOf(
      waitingEvent("a.1", { owner: "uann" }),
      waitingEvent("a.2", { owner: "cgone" }),
      waitingEvent("a.3"),
    );
    const standing = (owner: string) => (owner === "uann" ? "later" : owner === "cgone" ? "never" : "now");
    expect(idsOf(takeBatch(queue, { ...wish, standing }))).toEqual(["a.3"]);
    expect([...queue.events.keys()]).toEqual(["a.1", "a.3"]);
    expect(queue.droppedBy).toEqual({ identity_gone: 1 });
  });
});
