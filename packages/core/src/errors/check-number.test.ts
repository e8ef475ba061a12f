import { describe, expect, it } from "@jest/globals";
import { checkNumber } from "./check-number.ts";

describe("a number among the options", () => {
  it.each([undefined, 1, 5, 10])("may be %s between 1 and 10", (value) => {
    expect(() => checkNumber("size", value, { min: 1, max: 10 })).not.toThrow();
  });

  it.each([
    [0, "0"],
    [11, "11"],
    [Number.NaN, "NaN"],
    ["5", '"5"'],
    [null, "null"],
  ])("may not be %j", (value, shown) => {
    const message = `size is ${shown}; it must be from 1 to 10`;
    expect(() => checkNumber("size", value, { min: 1, max: 10 })).toThrow(message);
  });

  it("may be Infinity where nothing bounds it", () => {
    expect(() => checkNumber("size", Number.POSITIVE_INFINITY, { min: 1 })).not.toThrow();
    expect(() => checkNumber("size", 0, { min: 1 })).toThrow("size is 0; it must be 1 or more");
  });
});
