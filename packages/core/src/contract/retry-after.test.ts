import { describe, expect, it } from "@jest/globals";
import { parseRetryAfter, waitAfterFailure } from "./retry-after.ts";

const now = Date.parse("2026-03-01T12:00:00Z");

describe("parseRetryAfter", () => {
  it.each([
    ["0", 0],
    ["2", 2_000],
    [" 30 ", 30_000],
    ["1.5", 1_500],
    ["3600", 3_600_000],
    ["3601", 3_600_000],
    ["99999999999999999999", 3_600_000],
    ["-5", 0],
    ["Sun, 01 Mar 2026 12:00:10 GMT", 10_000],
    ["Sun, 01 Mar 2026 11:59:00 GMT", 0],
    ["Sun, 01 Mar 2099 12:00:00 GMT", 3_600_000],
  ])("reads %j as %d ms", (header, ms) => {
    expect(parseRetryAfter(header, now)).toBe(ms);
  });

  it.each([[""], ["   "], ["soon"], ["1e3"], ["12:00"], ["NaN"], ["Infinity"], [null], [undefined]])(
    "makes nothing of %j",
    (header) => {
      expect(parseRetryAfter(header, now)).toBeUndefined();
    },
  );
});

describe("waitAfterFailure", () => {
  it.each([
    ["its own back-off where nothing was asked", 3, 700, undefined, 700],
    ["nothing when it is asked to come at once, the first time", 1, 700, 0, 0],
    ["its own back-off when it is asked so again", 2, 700, 0, 700],
    ["as asked, where that is longer than its own back-off", 2, 300, 400, 400],
    ["as asked from a second on, however long its own back-off is", 9, 60_000, 1_000, 1_000],
  ])("is %s", (_, failures, backoffMs, askedMs, waitMs) => {
    expect(waitAfterFailure(failures, backoffMs, askedMs)).toBe(waitMs);
  });
});
