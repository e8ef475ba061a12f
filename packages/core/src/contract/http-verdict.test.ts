import { describe, expect, it } from "@jest/globals";
import { unauthorizedPauseMs } from "../limits.ts";
import { toHttpVerdict } from "./http-verdict.ts";

const now = Date.parse("2026-03-01T12:00:00Z");
const problem = (index: unknown, code: unknown = "empty"): unknown => ({ index, code, detail: "…" });

describe("toHttpVerdict", () => {
  it.each([[200], [202], [204], [299]])("settles the batch on %d", (status) => {
    expect(toHttpVerdict({ status }, 3, now)).toEqual({ kind: "delivered" });
  });

  it("rejects only the events that a 202 names", () => {
    const body = { accepted: 2, problems: [problem(1)] };
    expect(toHttpVerdict({ status: 202, body }, 3, now)).toEqual({
      kind: "delivered",
      rejected: [[1, { code: "empty" }]],
    });
  });

  it("sends the unlisted again when the list of problems was cut", () => {
    const body = { accepted: 1, problems: [problem(0), problem(2)], problems_omitted: 1 };
    expect(toHttpVerdict({ status: 202, body }, 4, now)).toEqual({
      kind: "delivered",
      rejected: [
        [0, { code: "empty" }],
        [2, { code: "empty" }],
      ],
      retry: [1, 3],
    });
    expect(toHttpVerdict({ status: 202, body: { ...body, problems_omitted: 0 } }, 4, now)).not.toHaveProperty(
      "retry",
    );
  });

  it.each([[408], [425], [429], [500], [502], [503], [504], [599], [100]])(
    "tries again after %d, and leaves the destination alone meanwhile",
    (status) => {
      expect(toHttpVerdict({ status }, 3, now)).toEqual({
        kind: "retry",
        reason: { code: `http_${status}` },
        scope: "destination",
      });
    },
  );

  it("waits as long as Retry-After says", () => {
    expect(toHttpVerdict({ status: 429, retryAfter: "2" }, 3, now)).toMatchObject({
      kind: "retry",
      afterMs: 2_000,
    });
    expect(toHttpVerdict({ status: 503, retryAfter: "0" }, 3, now)).toMatchObject({
      kind: "retry",
      afterMs: 0,
    });
  });

  it("halves what is too large", () => {
    expect(toHttpVerdict({ status: 413 }, 3, now)).toEqual({ kind: "split" });
  });

  it.each([[400], [422]])("rejects what a %d names and sends the others again", (status) => {
    expect(
      toHttpVerdict({ status, body: { problems: [problem(0), problem(2, "bad_time")] } }, 4, now),
    ).toEqual({
      kind: "delivered",
      rejected: [
        [0, { code: "empty" }],
        [2, { code: "bad_time" }],
      ],
      retry: [1, 3],
    });
  });

  it("has nothing to send again when a 422 names every event", () => {
    expect(toHttpVerdict({ status: 422, body: { problems: [problem(0), problem(1)] } }, 2, now)).toEqual({
      kind: "delivered",
      rejected: [
        [0, { code: "empty" }],
        [1, { code: "empty" }],
      ],
    });
  });

  it.each([[400], [422]])("halves down to the culprit when a %d names none", (status) => {
    expect(toHttpVerdict({ status, body: "no" }, 2, now)).toEqual({ kind: "split" });
    expect(toHttpVerdict({ status }, 1, now)).toEqual({
      kind: "rejected",
      reason: { code: `http_${status}` },
    });
  });

  it("passes over problems that make no sense", () => {
    const problems = [
      null,
      7,
      {},
      problem(-1),
      problem(3),
      problem(1.5),
      problem("1"),
      { index: 1 },
      problem(1),
      problem(1, "late"),
    ];
    expect(toHttpVerdict({ status: 202, body: { problems } }, 3, now)).toEqual({
      kind: "delivered",
      rejected: [[1, { code: "empty" }]],
    });
    expect(toHttpVerdict({ status: 202, body: { problems: "all" } }, 3, now)).toEqual({ kind: "delivered" });
    expect(toHttpVerdict({ status: 202, body: null }, 3, now)).toEqual({ kind: "delivered" });
  });

  it("keeps reason codes short", () => {
    const verdict = toHttpVerdict({ status: 202, body: { problems: [problem(0, "x".repeat(500))] } }, 1, now);
    expect(verdict).toEqual({ kind: "delivered", rejected: [[0, { code: "x".repeat(64) }]] });
  });

  it.each([
    [401, 1, 900_000],
    [403, 2, 1_800_000],
    [401, 5, 14_400_000],
    [401, 6, 21_600_000],
    [401, 60, 21_600_000],
    [404, 1, 3_600_000],
    [410, 2, 7_200_000],
    [301, 1, 3_600_000],
    [308, 6, 86_400_000],
  ])("pauses and asks for attention after %d, %d times in a row: %d ms", (status, refusals, afterMs) => {
    expect(toHttpVerdict({ status, refusals }, 3, now)).toMatchObject({
      kind: "retry",
      scope: "destination",
      afterMs,
      attention: true,
      reason: { code: `http_${status}` },
    });
  });

  it("knows that telemetry is switched off at the server, and takes no other 403 for it", () => {
    expect(toHttpVerdict({ status: 403, body: { code: "consent_denied" } }, 3, now)).toEqual({
      kind: "denied",
    });
    for (const answer of [
      { status: 403, body: { code: "origin_refused" } },
      { status: 403, body: "consent_denied" },
      { status: 401, body: { code: "consent_denied" } },
    ])
      expect(toHttpVerdict(answer, 3, now)).toMatchObject({ kind: "retry", attention: true });
  });

  it("pauses for the shortest time when it is not told how often it was refused", () => {
    expect(toHttpVerdict({ status: 401 }, 1, now)).toMatchObject({
      afterMs: unauthorizedPauseMs.first,
    });
  });

  it.each([[402], [405], [406], [415], [418], [451]])("rejects for good on %d", (status) => {
    expect(toHttpVerdict({ status }, 3, now)).toEqual({
      kind: "rejected",
      reason: { code: `http_${status}` },
    });
  });
});
