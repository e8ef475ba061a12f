import { describe, expect, it } from "@jest/globals";
import { maxNameChars, maxTypeChars } from "../limits.ts";
import { describeRefusal } from "./describe-refusal.ts";
import { isRecordable } from "./is-recordable.ts";

const revoked = Proxy.revocable({}, {});
revoked.revoke();

describe("a call", () => {
  it.each<[boolean, unknown, unknown, readonly unknown[]]>([
    [true, "behavioral", "click", []],
    [true, "behavioral", "click", [undefined, { a: 1 }, new Map(), new Error("a")]],
    [true, "é漢😀", " a ", [revoked.proxy]],
    [true, "x".repeat(maxTypeChars), "x".repeat(maxNameChars), []],
    [false, "x".repeat(maxTypeChars + 1), "click", []],
    [false, "behavioral", "x".repeat(maxNameChars + 1), []],
    [false, "", "click", []],
    [false, "behavioral", " \u00a0\u0000\u0085\ufeff\n", []],
    [false, "behavioral", "a\ud800", []],
    [false, "behavioral", "\udc00\ud800", []],
    [false, undefined, "click", []],
    [false, "behavioral", 3, []],
    [false, "behavioral", null, []],
    [false, "behavioral", "click", [null]],
    [false, "behavioral", "click", [{}, []]],
    [false, "behavioral", "click", ["text"]],
    [false, "behavioral", "click", [1]],
    [false, "behavioral", "click", [() => 1]],
    [false, "behavioral", "click", [new Uint8Array(1)]],
  ])("is an event: %p", (isEvent, type, name, layers) => {
    expect(isRecordable(type, name, layers)).toBe(isEvent);
    expect(describeRefusal(type, name, layers) === undefined).toBe(isEvent);
  });

  it("is held against the same rule by both checks, character by character", () => {
    for (let unit = 0; unit < 0x1_0000; unit++) {
      const name = String.fromCharCode(unit);
      expect([unit, isRecordable("t", name, [])]).toEqual([unit, !describeRefusal("t", name, [])]);
    }
  });
});
