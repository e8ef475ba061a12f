import { describe, expect, it } from "@jest/globals";
import { eventLimits } from "../limits.ts";
import { batchIdPattern, httpContract, httpLimits } from "./http-contract.ts";

describe("the HTTP contract", () => {
  it.each([
    ["a".repeat(15), false],
    ["a".repeat(16), true],
    ["Az09_-".repeat(10), true],
    ["a".repeat(64), true],
    ["a".repeat(65), false],
    [`${"a".repeat(16)};`, false],
    [`${"a".repeat(16)}\n`, false],
  ])("gives a receipt to the batch id %j: %p", (id, receipt) => {
    expect(batchIdPattern.test(id)).toBe(receipt);
  });

  it("takes events of the size that a parse takes", () => {
    expect(httpLimits.maxEventBytes).toBe(eventLimits.maxBytes);
    expect(httpLimits.maxDepth).toBe(eventLimits.maxDepth);
    expect(httpLimits.maxKeys).toBe(eventLimits.maxKeys);
    expect(httpLimits.maxBodyBytes).toBeGreaterThan(httpLimits.maxEventBytes);
  });

  it("answers with a status of the right class", () => {
    const { status } = httpContract;
    expect(status.accepted).toBe(202);
    expect(
      [status.unreadable, status.noneValid, status.tooLarge].every((code) => code >= 400 && code < 500),
    ).toBe(true);
    expect(status.unavailable).toBe(503);
  });
});
