import { describe, expect, it } from "@jest/globals";
import { ActivityError } from "./activity-error.ts";
import { invalidOption } from "./invalid-option.ts";

describe("an ActivityError", () => {
  it("says what, and whether the same again can succeed", () => {
    const error = new ActivityError("CLOSED", "the client is closed");
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: "ActivityError", code: "CLOSED", retryable: false, problems: [] });
    expect(error.message).toBe("the client is closed");
    expect("cause" in error).toBe(false);
    expect(new ActivityError("CLOSED", "m", { retryable: true }).retryable).toBe(true);
  });

  it("keeps its cause, also one that is undefined", () => {
    const cause = new Error("why");
    expect(new ActivityError("CLOSED", "m", { cause }).cause).toBe(cause);
    expect("cause" in new ActivityError("CLOSED", "m", { cause: undefined })).toBe(true);
  });

  it("is known across copies of the package by its brand", () => {
    const fromAnotherCopy = Object.assign(new Error("m"), { [Symbol.for("@activity/error")]: true });
    expect(fromAnotherCopy).toBeInstanceOf(ActivityError);
    for (const value of [new Error("m"), null, undefined, "text", { code: "CLOSED" }])
      expect(value instanceof ActivityError).toBe(false);
  });

  it("hides its brand", () => {
    expect(Object.keys(new ActivityError("CLOSED", "m")).sort()).toEqual([
      "code",
      "name",
      "problems",
      "retryable",
    ]);
    expect(
      Reflect.ownKeys({ ...new ActivityError("CLOSED", "m") }).every((key) => typeof key === "string"),
    ).toBe(true);
  });

  it("for an option quotes the value and what is allowed", () => {
    expect(invalidOption("sample", 2, "in (0, 1]")).toMatchObject({
      code: "INVALID_OPTION",
      message: "sample is 2; it must be in (0, 1]",
    });
  });
});
