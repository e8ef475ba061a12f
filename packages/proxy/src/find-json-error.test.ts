import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { findJsonError } from "./find-json-error.ts";

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe("findJsonError", () => {
  it.each([
    ["", 0],
    ["  ", 2],
    ["nul", 0],
    ["01", 0],
    ["1 2", 2],
    ["[1,]", 3],
    ["[1", 2],
    ['{"a":1,}', 7],
    ['{"a" 1}', 5],
    ['{"a":1', 6],
    ["{a:1}", 1],
    ['"ab', 3],
    ['"a\\x"', 2],
    ['"a\nb"', 2],
    ['["\\u00g0"]', 2],
    ["[1]]", 3],
    ['{"a":[{"b":tru}]}', 11],
  ])("finds where %j stops being JSON", (text, at) => {
    expect(findJsonError(text)).toBe(at);
  });

  it("says of every text what JSON.parse says", () => {
    const json = fc.json().map((text) => JSON.stringify(JSON.parse(text), undefined, 1));
    const broken = fc
      .tuple(
        json,
        fc.nat(),
        fc.nat(3),
        fc.constantFrom("", ",", '"', "}", "]", "\\", "1", "e", ":", "\u0001", "-"),
      )
      .map(([text, at, cut, put]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + put + text.slice(place + cut);
      });
    fc.assert(
      fc.property(fc.oneof(json, broken), (text) => {
        expect(findJsonError(text) === -1).toBe(isJson(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it("needs no more stack for deeper texts", () => {
    expect(findJsonError("[".repeat(500_000))).toBe(500_000);
  });
});
