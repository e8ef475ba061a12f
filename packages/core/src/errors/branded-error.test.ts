import { expect, it } from "@jest/globals";
import { ActivityError } from "./activity-error.ts";
import { brandedError } from "./branded-error.ts";

it("is what an ActivityError is, to whoever asks", () => {
  const cause = new TypeError("why");
  const error = brandedError("INVALID_OPTION", "url is none", cause);
  expect(error).toBeInstanceOf(ActivityError);
  const { name, code, retryable, problems } = new ActivityError("INVALID_OPTION", "url is none");
  expect(error).toMatchObject({ message: "url is none", name, code, retryable, problems, cause });
});
