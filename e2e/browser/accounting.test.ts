import { describe, expect, it } from "@jest/globals";
import { countUp } from "./world.ts";

const event = (mark: string) => ({
  event_id: `id of ${mark}`,
  event_time: "2026-03-01T12:30:00.250Z",
  event_type: "behavioral",
  event_name: "click",
  mark,
});

describe("the account of a disaster", () => {
  it("finds what is lost, what was repeated, and what was doubled", () => {
    const taken = new Map([
      ["a", 1],
      ["b", 2],
      ["c", 3],
    ]);
    const site = { taken, unanswered: new Set(["c"]), arrived: ["a", "b", "b", "c"].map(event) };
    expect(countUp(site, ["a", "b", "c", "d"])).toMatchObject({
      recorded: 4,
      arrived: 3,
      missing: ["d"],
      repeats: 1, // b; that c came again is excused: its answer was lost
      excusedRepeats: 2,
      duplicated: 1,
    });
  });

  it("takes an event with two ids for doubled", () => {
    const arrived = [event("a"), { ...event("a"), event_id: "another" }];
    const site = { taken: new Map([["a", 1]]), unanswered: new Set<string>(), arrived };
    expect(countUp(site, ["a"])).toMatchObject({ arrived: 1, repeats: 0, duplicated: 1 });
  });
});
