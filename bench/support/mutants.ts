/** Small faults for a source text: each condition turned round, one at a time, for a test suite to catch. */
import { stripTypeScriptTypes } from "node:module";
import { type Expression, type Node, parse } from "acorn";
import { full } from "acorn-walk";

export interface Mutant {
  readonly line: number;
  /** What stood there, and what stands there now. */
  readonly before: string;
  readonly after: string;
  readonly source: string;
}

const turned: Readonly<Record<string, string>> = {
  "===": "!==",
  "!==": "===",
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "&&": "||",
  "||": "&&",
};

/** Every mutant of a TypeScript source: conditions negated, comparisons moved by one, `and` for `or`. */
export function mutantsOf(source: string): readonly Mutant[] {
  const code = stripTypeScriptTypes(source, { mode: "strip" }); // keeps every position
  const tree = parse(code, { ecmaVersion: "latest", sourceType: "module" });
  const mutants: Mutant[] = [];
  const replace = (start: number, end: number, after: string): void => {
    mutants.push({
      line: source.slice(0, start).split("\n").length,
      before: source.slice(start, end),
      after,
      source: source.slice(0, start) + after + source.slice(end),
    });
  };
  full(tree, (node) => {
    const condition = conditionOf(node);
    if (condition !== undefined)
      replace(condition.start, condition.end, `!(${source.slice(condition.start, condition.end)})`);
    const operator = operatorOf(node, code);
    if (operator !== undefined) replace(operator.start, operator.end, operator.turned);
  });
  return mutants;
}

/** Picks `count` items, the same ones for the same seed. */
export function pick<Item>(items: readonly Item[], count: number, seed: number): readonly Item[] {
  const rest = [...items];
  const random = randomFrom(seed);
  return Array.from({ length: Math.min(count, rest.length) }, () =>
    rest.splice(Math.floor(random() * rest.length), 1),
  ).flat();
}

function conditionOf(node: Node): Expression | undefined {
  const { type, test } = node as Node & { readonly test?: Expression | null }; // acorn types nodes by a closed union
  return (type === "IfStatement" || type === "ConditionalExpression") && test ? test : undefined;
}

function operatorOf(node: Node, code: string): { start: number; end: number; turned: string } | undefined {
  if (node.type !== "BinaryExpression" && node.type !== "LogicalExpression") return undefined;
  const { left, right, operator } = node as Node & { left: Node; right: Node; operator: string }; // as above
  const other = turned[operator];
  if (other === undefined) return undefined;
  const start = left.end + code.slice(left.end, right.start).indexOf(operator);
  return { start, end: start + operator.length, turned: other };
}

/** mulberry32: a small generator whose numbers are the same on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
