import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { sha256 } from "./sha256.ts";

describe("sha256", () => {
  const expected = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");

  it.each([0, 1, 54, 55, 56, 63, 64, 65, 119, 120, 1_000])(
    "agrees with node:crypto on %d bytes",
    (length) => {
      expect(sha256("a".repeat(length))).toBe(expected("a".repeat(length)));
    },
  );

  it("agrees with node:crypto on any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => sha256(text) === expected(text)),
    );
  });
});
