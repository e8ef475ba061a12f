import { describe, expect, it } from "@jest/globals";
import { countsOf } from "./jest-run.mjs";

const result = (counts) => ({
  numTotalTests: 4,
  numPassedTests: 4,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
  ...counts,
});

describe("countsOf", () => {
  it.each([
    ["all passed", result({}), 0, { passed: 4, failed: 0, skipped: 0 }],
    ["a failure", result({ numPassedTests: 3, numFailedTests: 1 }), 1, { passed: 3, failed: 1, skipped: 0 }],
    [
      "a suite that cannot start",
      result({ numRuntimeErrorTestSuites: 1 }),
      1,
      { passed: 4, failed: 1, skipped: 0 },
    ],
    ["an exit code nothing explains", result({}), 1, { passed: 4, failed: 1, skipped: 0 }],
    [
      "skipped and todo",
      result({ numPassedTests: 2, numPendingTests: 1, numTodoTests: 1 }),
      0,
      { passed: 2, failed: 0, skipped: 2 },
    ],
    [
      "no test at all",
      result({ numTotalTests: 0, numPassedTests: 0 }),
      0,
      { passed: 0, failed: 1, skipped: 0 },
    ],
  ])("%s", (_, counts, code, expected) => {
    expect(countsOf(counts, code)).toEqual(expected);
  });
});
