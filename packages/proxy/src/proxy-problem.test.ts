import { afterEach, expect, it, jest } from "@jest/globals";
import { guardProblemHandler } from "./proxy-problem.ts";

afterEach(() => {
  jest.restoreAllMocks();
});

it("warns of the first problem where the host set no handler, and never again", () => {
  const warn = jest.spyOn(console, "warn").mockImplementation(() => undefined);
  const tell = guardProblemHandler(undefined);
  tell({ code: "unavailable", message: "the first" });
  tell({ code: "unavailable", message: "the second" });
  expect(warn.mock.calls).toEqual([[expect.stringContaining("the first")]]);
});

it("lets no exception of the host's handler out", () => {
  const tell = guardProblemHandler(() => {
    throw new Error("broken handler");
  });
  expect(() => tell({ code: "failed", message: "x" })).not.toThrow();
});
