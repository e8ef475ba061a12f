import { createEvent, defaultLimits } from "@activity/core";
import { expect, it } from "@jest/globals";
import { HeldEvents } from "./held-events.ts";

const { events, bytes } = defaultLimits.memoryStore;
const add = (held: HeldEvents, text: string): boolean =>
  held.add(createEvent({ type: "log", name: "x", attributes: { text } }));

it("holds so many events, and names the others", () => {
  const held = new HeldEvents();
  for (let n = 0; n < events; n++) expect(add(held, "")).toBe(true);
  expect(add(held, "")).toBe(false);
  expect([held.count, held.dropped]).toEqual([events, 1]);
  expect(held.drops()).toEqual([{ reason: "capacity", count: 1, counts_by_type: { log: 1 } }]);
});

it("holds no more bytes than a store in memory, and as many again when they are gone", () => {
  const held = new HeldEvents();
  const text = "x".repeat(30_000);
  const fill = (): number => {
    let added = 0;
    while (add(held, text)) added++;
    return added;
  };
  const first = fill();
  expect(first).toBe(
    Math.floor(bytes / createEvent({ type: "log", name: "x", attributes: { text } }).text.length),
  );
  held.clear();
  expect([held.count, fill()]).toEqual([0, first]);
});
