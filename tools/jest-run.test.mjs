import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { countsOf, secondsByFolder } from "./jest-run.mjs";
import { repositoryRoot } from "./run.mjs";

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

describe("secondsByFolder", () => {
  const file = (name, startTime, endTime) => ({ name: join(repositoryRoot, name), startTime, endTime });

  it("sums what lies below one package, one app or one part of e2e, the longest first", () => {
    const testResults = [
      file("packages/core/src/audit/audit.test.ts", 1_000, 3_000),
      file("packages/core/src/event.test.ts", 0, 500),
      file("e2e/paths/1.test.ts", 0, 4_000),
      file("tools/dev.test.mjs", 0, 100),
    ];
    expect(secondsByFolder({ testResults })).toEqual([
      { folder: "e2e/paths", seconds: 4 },
      { folder: "packages/core", seconds: 2.5 },
      { folder: "tools", seconds: 0.1 },
    ]);
  });
  it("counts nothing for a suite that could not start", () => {
    expect(secondsByFolder({ testResults: [file("tools/a.test.mjs", 5, 0)] })).toEqual([
      { folder: "tools", seconds: 0 },
    ]);
  });
});
