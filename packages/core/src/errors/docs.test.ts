/** Every code has a row in `docs/errors.md`. The lists are complete, or this file does not compile. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import type { ActivityErrorCode } from "./activity-error.ts";
import type { Problem } from "./problem.ts";
import { eventProblemCodes } from "./problem.ts";

const errorCodes: Record<ActivityErrorCode, true> = {
  INVALID_EVENT: true,
  INVALID_OPTION: true,
  CLOSED: true,
  OFF_CATALOG: true,
};

const problemCodes: Record<Problem["code"], true> = {
  refused: true,
  altered: true,
  swapped: true,
  off_catalog: true,
  dropped: true,
  rejected: true,
  delayed: true,
  paused: true,
  store: true,
};

const page = readFileSync(new URL("../../../../docs/errors.md", import.meta.url), "utf8");

/** The rows of the table under a heading, as cells. */
function rowsOf(heading: string): string[][] {
  const [, section = ""] = page.split(`## ${heading}\n`);
  const [text = ""] = section.split("\n## ");
  return [...text.matchAll(/^\| `.*$/gm)].map(([row]) => row.slice(2, -2).split(" | "));
}

describe("docs/errors.md", () => {
  it.each<[string, readonly string[]]>([
    ["Errors that are thrown", Object.keys(errorCodes)],
    ["Problems that are told to `onProblem`", Object.keys(problemCodes)],
    ["What is wrong with one event", eventProblemCodes],
  ])("has a row with meaning, cause and fix for each code: %s", (heading, codes) => {
    const rows = rowsOf(heading);
    expect(rows.map(([code]) => code)).toEqual(codes.map((code) => `\`${code}\``));
    for (const row of rows) {
      expect(row).toHaveLength(4);
      expect(row.every((cell) => cell.trim().length > 3)).toBe(true);
    }
  });
});
