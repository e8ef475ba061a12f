import { expect, it } from "@jest/globals";
import { waitingEvent } from "../test/waiting-event.ts";
import { lifeboatBytes } from "./browser-limits.ts";
import { createLifeboat } from "./lifeboat.ts";
import { createPageStorage } from "./page-storage.ts";

const events = ["s.1", "s.2"].map((id) => waitingEvent(id));

it("is found by another page, and missed by its own once it is taken", () => {
  const storage = createPageStorage();
  const [mine, theirs] = [createLifeboat("boat", storage), createLifeboat("boat", storage)];
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
  const mine = createLifeboat("boat", storage);
  mine.board(events);
  mine.haul();
  expect(createLifeboat("boat", storage).others()).toEqual([]);
  expect(mine.taken()).toEqual([]);
});

it("leaves behind what it has no room for", () => {
  const storage = createPageStorage();
  const half = waitingEvent("s.1", { bytes: lifeboatBytes / 2 });
  const mine = createLifeboat("boat", storage);
  mine.board([half, { ...half, id: "s.2" }, waitingEvent("s.3")]);
  const [boat] = createLifeboat("boat", storage).others();
  expect(boat?.events.map(({ id }) => id)).toEqual(["s.1", "s.3"]);
  boat?.take();
  expect(mine.haul()).toEqual(["s.1", "s.3"]);
});

it("passes over what is no boat of ours", () => {
  const storage = createPageStorage();
  storage.set("boat.x", "{");
  storage.set("boat.y", `{"no":"list"}`);
  storage.set("boat.z", `[null,3,{"id":"s.1"}]`);
  expect(
    createLifeboat("boat", storage)
      .others()
      .map(({ events: found }) => found),
  ).toEqual([[], [], []]);
});
