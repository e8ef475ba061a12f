import { createEvent } from "@activity/core";
import { describe, expect, it } from "@jest/globals";
import { nameThrown } from "./name-thrown.ts";

const events = [
  createEvent({ type: "log", name: "sign_up" }),
  createEvent({
    type: "log",
    name: "sign_up",
    attributes: { user: { mail: "a@example.com" }, n: 123_456, ok: true },
  }),
];

describe("what was thrown over events", () => {
  it.each<[unknown, string]>([
    [new TypeError("write is not a function"), "TypeError: write is not a function"],
    [new Error("ENOSPC: no space left on device"), "Error: ENOSPC: no space left on device"],
    [new Error(""), "Error"],
    [new Error("x".repeat(500)), `Error: ${"x".repeat(200)}`],
    [new Error("a true story"), "Error: a true story"],
    [new RangeError("bad mail a@example.com"), "RangeError"],
    [new RangeError("123456 is too large"), "RangeError"],
    ["a@example.com", "a string"],
    [7, "a number"],
  ])("is named without their values: %p", (thrown, named) => {
    expect(nameThrown(thrown, events)).toBe(named);
  });

  it("is not asked twice where it cannot be read", () => {
    const error = Object.defineProperty(new Error("x"), "message", {
      get() {
        throw new Error("no");
      },
    });
    expect(nameThrown(error, events)).toBe("something that cannot be read");
  });
});
