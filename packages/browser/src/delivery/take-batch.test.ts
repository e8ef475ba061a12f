import { fakeClock } from "@activity/core/testing";
import { describe, expect, it } from "@jest/globals";
import { quietPage } from "../../test/quiet-page.ts";
import { waitingEvent } from "../../test/waiting-event.ts";
import { maxAgeMs } from "../browser-limits.ts";
import type { Page } from "../page.ts";
import type { WaitingEvent } from "../waiting-event.ts";
import type { BatchWish } from "./take-batch.ts";
import { takeBatch } from "./take-batch.ts";

const wish: BatchWish = {
  maxEvents: 10,
  maxBytes: 1_000,
  isLeaving: false,
  isWithheld: () => false,
};

function pageWith(...events: readonly WaitingEvent[]): Page {
  const page = quietPage({ clock: fakeClock({ now: 0 }) });
  for (const event of events) page.queue.add(event);
  return page;
}
const idsOf = (events: readonly WaitingEvent[]) => events.map(({ id }) => id);

describe("takeBatch", () => {
  it("takes in order what is not withheld", () => {
    const page = pageWith(...["a.1", "a.2", "a.3", "a.4"].map((id) => waitingEvent(id)));
    expect(idsOf(takeBatch(page, { ...wish, isWithheld: (id) => id === "a.3" }))).toEqual([
      "a.1",
      "a.2",
      "a.4",
    ]);
  });

  it.each([
    [1, 1, 1_000],
    [2, 10, 202],
    [3, 10, 303],
    [1, 10, 50],
  ])(
    "takes %d when there is room for %d of %d bytes; a larger one travels alone",
    (taken, maxEvents, maxBytes) => {
      const page = pageWith(...["a.1", "a.2", "a.3"].map((id) => waitingEvent(id)));
      expect(takeBatch(page, { ...wish, maxEvents, maxBytes })).toHaveLength(taken);
    },
  );

  it("takes the most important first when the page leaves, and nothing for which there is no room", () => {
    const page = pageWith(
      waitingEvent("a.1", { type: "metric" }),
      waitingEvent("a.2", { type: "error", bytes: 5_000 }),
      waitingEvent("a.3", { type: "billing" }),
      waitingEvent("a.4"),
    );
    expect(idsOf(takeBatch(page, { ...wish, isLeaving: true }))).toEqual(["a.3", "a.4", "a.1"]);
  });

  it.each([
    [maxAgeMs, 1, 0],
    [maxAgeMs + 1, 0, 1],
    [-maxAgeMs, 1, 0],
  ])("of an event that is %d ms old it takes %d and drops %d", (ageMs, taken, dropped) => {
    const page = pageWith(waitingEvent("a.1", { at: -ageMs }));
    expect(takeBatch(page, wish)).toHaveLength(taken);
    expect(page.queue.droppedBy).toEqual(dropped ? { expired: 1 } : {});
  });

  it("leaves what waits for its user, and drops what nobody will come back for", () => {
    const page = pageWith(
      waitingEvent("a.1", { owner: "uann" }),
      waitingEvent("a.2", { owner: "cgone" }),
      waitingEvent("a.3"),
    );
    page.storage.set("activity_former_clients", "gone");
    expect(idsOf(takeBatch(page, wish))).toEqual(["a.3"]);
    expect([...page.queue.events.keys()]).toEqual(["a.1", "a.3"]);
    expect(page.queue.droppedBy).toEqual({ identity_gone: 1 });
  });
});
