import { expect, it } from "@jest/globals";
import { quietPage } from "../../test/quiet-page.ts";
import { waitingEvent } from "../../test/waiting-event.ts";
import { lifeboatBytes } from "../browser-limits.ts";
import type { PageStorage } from "../page-storage.ts";
import { createPageStorage } from "../page-storage.ts";
import type { Lifeboat } from "./lifeboat.ts";
import { createLifeboat } from "./lifeboat.ts";

const boatIn = (storage: PageStorage): Lifeboat => createLifeboat(quietPage({ storage }));
const events = ["s.1", "s.2"].map((id) => waitingEvent(id));

it("is found by another page, and missed by its own once it is taken", () => {
  const storage = createPageStorage();
  const [mine, theirs] = [boatIn(storage), boatIn(storage)];
  mine.board(events);
  expect(mine.others()).toEqual([]);
  expect(mine.taken()).toEqual([]);
  const [boat] = theirs.others();
  expect(boat?.events).toEqual(events);
  boat?.take();
  expect(mine.taken()).toEqual(["s.1", "s.2"]);
  expect(mine.taken()).toEqual([]);
});

it("is gone when its page has taken it back", () => {
  const storage = createPageStorage();
  const mine = boatIn(storage);
  mine.board(events);
  mine.haul();
  expect(boatIn(storage).others()).toEqual([]);
  expect(mine.taken()).toEqual([]);
});

it("is written once for one leaving, and again when something has changed", () => {
  const storage = createPageStorage();
  let writes = 0;
  const counted: PageStorage = {
    ...storage,
    set: (key, value) => {
      writes++;
      storage.set(key, value);
    },
  };
  const mine = boatIn(counted);
  for (let n = 0; n < 2; n++) mine.board([...events]);
  expect(writes).toBe(1);
  const [first = waitingEvent("s.1"), ...rest] = events;
  mine.board([{ ...first, text: "{}" }, ...rest]);
  expect(writes).toBe(2);
  mine.haul();
  mine.board(events);
  expect(writes).toBe(3);
});

it("leaves behind what it has no room for", () => {
  const storage = createPageStorage();
  const half = waitingEvent("s.1", { bytes: lifeboatBytes / 2 });
  const mine = boatIn(storage);
  mine.board([half, { ...half, id: "s.2" }, waitingEvent("s.3")]);
  const [boat] = boatIn(storage).others();
  expect(boat?.events.map(({ id }) => id)).toEqual(["s.1", "s.3"]);
  boat?.take();
  expect(mine.haul()).toEqual(["s.1", "s.3"]);
});

it("passes over what is no boat of ours", () => {
  const storage = createPageStorage();
  storage.set("activity_test_boat.x", "{");
  storage.set("activity_test_boat.y", `{"no":"list"}`);
  storage.set("activity_test_boat.z", `[null,3,{"id":"s.1"}]`);
  expect(
    boatIn(storage)
      .others()
      .map(({ events: found }) => found),
  ).toEqual([[], [], []]);
});
