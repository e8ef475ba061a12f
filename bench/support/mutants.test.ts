import { describe, expect, it } from "@jest/globals";
import { mutantsOf, pick } from "./mutants.ts";

describe("mutantsOf", () => {
  it("turns each condition and operator round, one at a time, types and lines kept", () => {
    const source =
      'export function f(a: number): string {\n  if (a > 1 && a !== 5) return "x";\n  return a ? "y" : "z";\n}\n';
    const mutants = mutantsOf(source).map(({ line, before, after }) => [line, before, after]);
    expect(mutants).toEqual(
      expect.arrayContaining([
        [2, "a > 1 && a !== 5", "!(a > 1 && a !== 5)"],
        [2, ">", ">="],
        [2, "&&", "||"],
        [2, "!==", "==="],
        [3, "a", "!(a)"],
      ]),
    );
    expect(mutants).toHaveLength(5);
    for (const { source: mutated } of mutantsOf(source)) {
      expect(mutated).not.toBe(source);
      expect(mutated).toContain("f(a: number): string");
    }
  });

  it("finds the operator, and not one inside of a part", () => {
    const [mutant] = mutantsOf("const x = (a === b) !== c;").filter(({ before }) => before === "!==");
    expect(mutant?.source).toBe("const x = (a === b) === c;");
  });
});

describe("pick", () => {
  const items = Array.from({ length: 100 }, (_, index) => index);

  it("picks the same for the same seed, nothing twice, and others for another seed", () => {
    expect(pick(items, 60, 1)).toEqual(pick(items, 60, 1));
    expect(new Set(pick(items, 60, 1)).size).toBe(60);
    expect(pick(items, 60, 2)).not.toEqual(pick(items, 60, 1));
    expect(pick(items, 200, 1)).toHaveLength(100);
  });
});
