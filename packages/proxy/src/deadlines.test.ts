import { fakeClock } from "@activity/core/testing";
import { describe, expect, it } from "@jest/globals";
import { Deadlines } from "./deadlines.ts";

describe("deadlines", () => {
  it("are over each at its time, unless they are cancelled", async () => {
    const clock = fakeClock();
    const deadlines = new Deadlines(clock, 1_000);
    const over: string[] = [];
    const set = (name: string): { cancel(): void } => deadlines.set(() => over.push(name));
    set("first");
    await clock.advance(400);
    const second = set("second");
    await clock.advance(400);
    set("third");
    await clock.advance(199);
    expect(over).toEqual([]);
    await clock.advance(1);
    expect(over).toEqual(["first"]);
    second.cancel();
    await clock.advance(799);
    expect(over).toEqual(["first"]);
    await clock.advance(1);
    expect(over).toEqual(["first", "third"]);
  });

  it("begin anew when none was left", async () => {
    const clock = fakeClock();
    const deadlines = new Deadlines(clock, 1_000);
    const over: string[] = [];
    deadlines.set(() => over.push("cancelled")).cancel();
    await clock.advance(5_000);
    deadlines.set(() => {
      over.push("one");
      deadlines.set(() => over.push("set by it"));
    });
    await clock.advance(1_000);
    expect(over).toEqual(["one"]);
    await clock.advance(1_000);
    expect(over).toEqual(["one", "set by it"]);
  });
});
