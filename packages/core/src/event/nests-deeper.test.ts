import { describe, expect, it } from "@jest/globals";
import { nestsDeeper } from "./nests-deeper.ts";

const deep = (depth: number): string => `${'{"a":['.repeat(depth / 2)}1${"]}".repeat(depth / 2)}`;

describe("nestsDeeper", () => {
  it.each([
    ["as deep as allowed", deep(32), false],
    ["deeper", deep(34), true],
    ["side by side", `[${Array(100).fill("{}").join(",")}]`, false],
    ["deeper behind others side by side", `[${Array(100).fill("{}").join(",")},${deep(34)}]`, true],
    ["in a string", JSON.stringify({ s: "[".repeat(100) }), false],
    ["in a string behind escapes", `{"s":"\\"\\\\\\"${"[".repeat(100)}"}`, false],
    ["in a string behind one quote", JSON.stringify({ s: `"${"[".repeat(100)}` }), false],
    ["behind a string that ends in a backslash", `{"s":"\\\\","n":${deep(32)}}`, true],
    ["in a string that is not closed", `{"s":"${"[".repeat(100)}`, false],
    ["and never closed", "[".repeat(33), true],
    ["nothing", "", false],
  ])("tells brackets that are %s", (_, text, deeper) => {
    expect(nestsDeeper(text, 32)).toBe(deeper);
  });
});
