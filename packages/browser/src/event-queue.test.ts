import { importances } from "@activity/core";
import { describe, expect, it } from "@jest/globals";
import { waitingEvent } from "../test/waiting-event.ts";
import { maxWaitingBytes, maxWaitingEvents } from "./browser-limits.ts";
import type { EventQueue } from "./event-queue.ts";
import { createEventQueue } from "./event-queue.ts";

function filled(count: number, bytes = 100): EventQueue {
  const queue = createEventQueue();
  for (let n = 1; n <= count; n++) queue.add(waitingEvent(`s.${n}`, { at: n, bytes }));
  return queue;
}

describe("an event queue", () => {
  it("counts each outcome once, whoever says it again", () => {
    const queue = filled(4);
    const heard: unknown[] = [];
    queue.listeners.add(({ id }, outcome, reason) => heard.push([id, outcome, reason]));
    queue.settle(["s.1", "s.2"], "delivered");
    queue.settle(["s.1", "s.9"], "rejected");
    queue.settle(["s.3"], "dropped", "expired");
    queue.drop("consent");
    expect(queue.counts).toMatchObject({ recorded: 1, delivered: 2, rejected: 0, dropped: 2 });
    expect(queue.droppedBy).toEqual({ expired: 1, consent: 1 });
    expect([...queue.events.keys()]).toEqual(["s.4"]);
    expect(heard).toEqual([
      ["s.1", "delivered", undefined],
      ["s.2", "delivered", undefined],
      ["s.3", "dropped", "expired"],
    ]);
  });

  it.each([
    [0, maxWaitingEvents],
    [1, maxWaitingEvents + 1],
  ])("drops %d of %d events", (dropped, count) => {
    expect(filled(count).counts.dropped).toBe(dropped);
  });

  it.each([
    [0, 5],
    [1, 6],
  ])("drops %d of %d events that together are as large as may be", (dropped, count) => {
    const queue = filled(count, maxWaitingBytes / 5);
    expect(queue.counts.dropped).toBe(dropped);
    expect(queue.events.has("s.1")).toBe(dropped === 0);
  });

  it("gives up the oldest of the least important, whatever order they came in", () => {
    const queue = filled(maxWaitingEvents - 3);
    queue.add(waitingEvent("m.2", { type: "metric", at: 2 }));
    queue.add(waitingEvent("m.1", { type: "metric", at: 1 }));
    queue.add(waitingEvent("m.3", { type: "metric", at: 3 }));
    queue.add(waitingEvent("b.1", { type: "billing" }));
    expect(queue.events.has("m.1")).toBe(false);
    queue.add(waitingEvent("b.2", { type: "billing" }));
    expect(queue.events.has("m.2")).toBe(false);
    expect(queue.events.has("s.1")).toBe(true);
  });

  it("spares what is under way, and what names the others", () => {
    const queue = filled(maxWaitingEvents);
    queue.flying.add("s.1");
    queue.add(waitingEvent("a.1", { importance: importances.kept }));
    expect(queue.counts.dropped).toBe(0);
    queue.add(waitingEvent("s.new", { at: 9_999 }));
    expect(queue.counts.dropped).toBe(1);
    expect(["s.1", "a.1", "s.new"].every((id) => queue.events.has(id))).toBe(true);
    expect(queue.events.has("s.2")).toBe(false);
  });

  it("takes an event of the same id in place of the first", () => {
    const queue = filled(2);
    queue.add(waitingEvent("s.1", { text: "changed" }));
    expect([...queue.events.values()].map(({ id, text }) => [id, text])[0]).toEqual(["s.1", "changed"]);
    expect(queue.events.size).toBe(2);
  });
});
