import type { EventProblem } from "../errors/problem.ts";
import type { StandardIssue } from "./standard-schema.ts";

/** What an issue is about. */
export interface IssueContext {
  readonly attributes: object;
  /** Library of the schema. */
  readonly vendor: string;
}

/** Characters of a pointer, and of what a schema expects. */
const maxPointerChars = 256;
const maxExpectedChars = 120;

/** Words for kinds of values: whichever library says them, they hold no value. */
const kinds: ReadonlySet<string> = new Set([
  "string",
  "number",
  "int",
  "integer",
  "boolean",
  "bigint",
  "date",
  "object",
  "array",
  "record",
  "tuple",
  "map",
  "set",
  "null",
]);

/**
 * Turns an issue of a schema into a problem that holds no attribute value. The schema's own message is not used,
 * since it may quote one: said are the place, the kind of what stands there, and what the schema expects where that
 * provably comes from the schema alone.
 */
export function describeIssue(issue: StandardIssue, { attributes, vendor }: IssueContext): EventProblem {
  const path = (issue.path ?? []).map((segment) => (typeof segment === "object" ? segment.key : segment));
  const pointer = toPointer(path);
  if (path.length === 0)
    return { code: "bad_type", pointer, detail: "the attributes together do not fit the schema" };
  return {
    code: "bad_type",
    pointer,
    detail: `attribute ${pointer} ${verdict(issue, vendor, kindAt(attributes, path))}`,
  };
}

/** A JSON pointer (RFC 6901), well-formed and at most 256 characters. */
export function toPointer(path: readonly PropertyKey[]): string {
  const pointer = path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
  const short = pointer.length > maxPointerChars ? `${pointer.slice(0, maxPointerChars - 1)}…` : pointer;
  return short.replace(/\p{Surrogate}/gu, "\ufffd");
}

function verdict(issue: StandardIssue, vendor: string, kind: string): string {
  const expected = expectation(issue, vendor);
  if (kind === "missing") return "is missing";
  if (expected === "never") return "is not in its schema";
  return expected === undefined ? `is ${kind} that its schema refuses` : `is ${kind}; it must be ${expected}`;
}

/**
 * What a schema expects, where that cannot hold a value: a plain kind, or valibot's `expected`, which valibot makes of
 * the schema's own requirements except in the `raw_` actions, where the application writes it.
 */
function expectation(issue: StandardIssue, vendor: string): string | undefined {
  const expected: unknown = "expected" in issue ? issue.expected : undefined;
  if (typeof expected !== "string") return undefined;
  if (kinds.has(expected)) return expected;
  const fromSchema = vendor === "valibot" && "type" in issue && !String(issue.type).startsWith("raw_");
  if (!fromSchema) return undefined;
  return expected.length > maxExpectedChars ? `${expected.slice(0, maxExpectedChars - 1)}…` : expected;
}

/** The kind of what stands at a path, never the value itself. */
function kindAt(attributes: object, path: readonly PropertyKey[]): string {
  let value: unknown = attributes;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !(key in value)) return "missing";
    value = (value as Record<PropertyKey, unknown>)[key]; // Any object may be asked for any key.
  }
  if (value === undefined) return "missing";
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
