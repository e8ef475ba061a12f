import { fakeClock } from "@activity/core/testing";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { flightMs } from "../browser-limits.ts";
import type { PageStorage } from "../page-storage.ts";
import { createPageStorage } from "../page-storage.ts";
import type { FlightNotes } from "./flight-notes.ts";
import { createFlightNotes } from "./flight-notes.ts";

let clock = fakeClock();
let storage: PageStorage;
let notes: FlightNotes;
beforeEach(() => {
  clock = fakeClock();
  storage = createPageStorage();
  notes = createFlightNotes("note.", storage, clock);
  Object.defineProperty(globalThis, "document", { value: { cookie: "" }, configurable: true });
});
afterEach(() => void Reflect.deleteProperty(globalThis, "document"));

const withheld = (): readonly string[] => [...notes.withheld(() => undefined)];

it("withholds a batch until its time has passed", async () => {
  notes.add("b1", ["s.1", "s.2"]);
  expect(withheld()).toEqual(["s.1", "s.2"]);
  await clock.advance(flightMs - 1);
  expect(withheld()).toEqual(["s.1", "s.2"]);
  await clock.advance(1);
  expect(withheld()).toEqual([]);
  expect(storage.keys("note.")).toEqual([]);
});

it("tells of a receipt, and withholds the batch until it is removed", () => {
  notes.add("b1", ["s.1"]);
  notes.add("b2", ["s.2"]);
  Object.assign(document, { cookie: "theirs=1; activity_receipt_b2=1" });
  const told: unknown[] = [];
  expect([...notes.withheld((...receipt) => told.push(receipt))]).toEqual(["s.1", "s.2"]);
  expect(told).toEqual([["b2", ["s.2"]]]);
  notes.remove("b2");
  Object.assign(document, { cookie: "" });
  expect(withheld()).toEqual(["s.1"]);
  notes.remove("b2");
  expect(document.cookie).toBe("activity_receipt_b2=; Max-Age=0; Path=/");
  expect(storage.keys("note.")).toEqual(["note.b1"]);
});

it("does not wait for ever where the clock was set back", () => {
  notes.add("b1", ["s.1"]);
  notes = createFlightNotes("note.", storage, { ...clock, now: () => clock.now() - 3_600_000 });
  expect(withheld()).toEqual([]);
});

it("passes over a note that it cannot read, and works without cookies", () => {
  Reflect.deleteProperty(globalThis, "document");
  storage.set("note.x", "{");
  notes.add("b1", ["s.1"]);
  expect(withheld()).toEqual(["s.1"]);
});
