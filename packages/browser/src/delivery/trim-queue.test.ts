import { importances } from "@activity/core";
import { describe, expect, it } from "@jest/globals";
import { waitingEvent } from "../../test/waiting-event.ts";
import { maxWaitingBytes, maxWaitingEvents } from "../browser-limits.ts";
import type { EventQueue } from "../event-queue.ts";
import { createEventQueue } from "../event-queue.ts";
import type { WaitingEvent } from "../waiting-event.ts";
import { kept } from "../waiting-event.ts";
import { trimQueue } from "./trim-queue.ts";

const nothing: ReadonlySet<string> = new Set();

function filled(count: number, bytes = 100): EventQueue {
  const queue = createEventQueue();
  for (let n = 1; n <= count; n++) add(queue, waitingEvent(`s.${n}`, { at: n, bytes }));
  return queue;
}

function add(queue: EventQueue, event: WaitingEvent, flying = nothing): void {
  queue.add(event);
  trimQueue(queue, flying);
}

describe("trimming a queue", () => {
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
    expect(queue.droppedBy).toEqual(dropped ? { capacity: dropped } : {});
    expect(queue.events.has("s.1")).toBe(dropped === 0);
  });

  it("gives up the oldest of the least important, whatever order they came in", () => {
    const queue = filled(maxWaitingEvents - 3);
    add(queue, waitingEvent("m.2", { type: "metric", at: 2 }));
    add(queue, waitingEvent("m.1", { type: "metric", at: 1 }));
    add(queue, waitingEvent("m.3", { type: "metric", at: 3 }));
    add(queue, waitingEvent("b.1", { type: "billing" }));
    expect(queue.events.has("m.1")).toBe(false);
    add(queue, waitingEvent("b.2", { type: "billing" }));
    expect(queue.events.has("m.2")).toBe(false);
    expect(queue.events.has("s.1")).toBe(true);
  });

  it("spares what is under way, and what names the others", () => {
    const queue = filled(maxWaitingEvents);
    add(queue, waitingEvent("a.1", { importance: kept }));
    expect(queue.counts.dropped).toBe(0);
    add(queue, waitingEvent("s.new", { at: 9_999 }), new Set(["s.1"]));
    expect(queue.counts.dropped).toBe(1);
    expect(["s.1", "a.1", "s.new"].every((id) => queue.events.has(id))).toBe(true);
    expect(queue.events.has("s.2")).toBe(false);
    expect(kept).toBe(importances.kept);
  });
});
