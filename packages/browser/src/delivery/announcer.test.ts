import { importances } from "@activity/core";
import { describe, expect, it } from "@jest/globals";
import { waitingEvent } from "../../test/waiting-event.ts";
import type { DropAnnouncement } from "./announcer.ts";
import { createAnnouncer } from "./announcer.ts";

function start(isOpen: (id: string) => boolean = () => true) {
  const recorded = new Map<string, string>();
  const announce = createAnnouncer(isOpen, (announcement: DropAnnouncement) => {
    announcement.id ??= `n.${recorded.size + 1}`;
    recorded.set(announcement.id, JSON.stringify(announcement.attributes));
  });
  return { announce, said: () => [...recorded.values()].map((text) => JSON.parse(text) as unknown) };
}

describe("an announcer", () => {
  it("names numbers of one source and reason in one event", () => {
    const { announce, said } = start();
    for (const n of [1, 2, 3, 7])
      announce(waitingEvent(`s.${n}`, { type: n === 7 ? "error" : "log" }), "capacity");
    expect(said()).toEqual([
      {
        reason: "capacity",
        count: 4,
        counts_by_type: { log: 3, error: 1 },
        ranges: [
          { source: "s", from: 1, to: 3, count: 3 },
          { source: "s", from: 7, to: 7, count: 1 },
        ],
      },
    ]);
  });

  it("makes another for another source or reason, and when the first has left", () => {
    let open = true;
    const { announce, said } = start(() => open);
    announce(waitingEvent("s.1"), "capacity");
    announce(waitingEvent("t.1"), "capacity");
    announce(waitingEvent("s.2"), "expired");
    open = false;
    announce(waitingEvent("s.3"), "capacity");
    expect(said()).toHaveLength(4);
    expect(said()[3]).toMatchObject({ count: 1, ranges: [{ from: 3, to: 3 }] });
  });

  it("says nothing of what has no number, nor of what names others", () => {
    const { announce, said } = start();
    announce(waitingEvent("17"), "capacity");
    announce(waitingEvent("s.1", { importance: importances.kept }), "rejected");
    expect(said()).toEqual([]);
  });
});
