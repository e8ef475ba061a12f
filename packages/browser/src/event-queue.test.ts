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
    [false, maxWaitingEvents, 0],
    [true, maxWaitingEvents + 1, 0],
    [false, maxWaitingEvents + 1, 1],
  ])("is full: %p, with %d events of which %d do not count", (isFull, count, spared) => {
    expect(filled(count).isFull(spared)).toBe(isFull);
  });

  it.each([
    [false, 5],
    [true, 6],
  ])("is full: %p, with %d events of which five are as large as may be", (isFull, count) => {
    expect(filled(count, maxWaitingBytes / 5).isFull()).toBe(isFull);
  });

  it("takes an event of the same id in place of the first", () => {
    const queue = filled(2);
    queue.add(waitingEvent("s.1", { text: "changed" }));
    expect([...queue.events.values()].map(({ id, text }) => [id, text])[0]).toEqual(["s.1", "changed"]);
    expect(queue.events.size).toBe(2);
  });
});
