import { describe, expect, it } from "@jest/globals";
import { isWellFormed } from "./well-formed.ts";

const texts: readonly [string, boolean][] = [
  ["", true],
  ["a\u{1f600}", true],
  ["\ud83d\ude00\ud83d\ude00", true],
  ["\ud83d", false],
  ["a\ude00", false],
  ["\ude00\ud83d", false],
];

describe("a text is well-formed when no half of a surrogate pair stands alone", () => {
  it.each(texts)("%j: %p", (text, expected) => {
    expect(isWellFormed(text)).toBe(expected);
  });

  it.each(texts)("also where the engine does not know: %j: %p", (text, expected) => {
    const prototype = Object.getPrototypeOf("") as object;
    const own = Object.getOwnPropertyDescriptor(prototype, "isWellFormed") ?? {};
    Reflect.deleteProperty(prototype, "isWellFormed");
    try {
      expect(isWellFormed(text)).toBe(expected);
    } finally {
      Object.defineProperty(prototype, "isWellFormed", own);
    }
  });
});
