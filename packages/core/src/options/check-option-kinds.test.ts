import { describe, expect, it } from "@jest/globals";
import { checkOptionKinds } from "./check-option-kinds.ts";

const kinds = {
  app: "needed string",
  flusher: "boolean string",
  intake: "needed object",
  token: "secret string",
};
const given = { app: "shop", intake: {} };

describe("the kinds of options", () => {
  it.each([
    {},
    { flusher: false },
    { flusher: "/x" },
    { flusher: undefined, other: undefined },
    { token: "t" },
  ])("may be %j", (options) => {
    expect(() => checkOptionKinds("make", { ...given, ...options }, kinds)).not.toThrow();
  });

  it.each<[unknown, string]>([
    [{ ...given, flusher: 5 }, "flusher is 5; it must be of type boolean or string"],
    [{ ...given, app: null }, "app is null; it must be of type string"],
    [{ ...given, app: undefined }, "app is undefined; it must be of type string"],
    [{ ...given, app: { password: "s3cret" } }, "app is of type object; it must be of type string"],
    [{ ...given, token: 7 }, "token is of type number; it must be of type string"],
    [{ ...given, intake: "http://x" }, 'intake is "http://x"; it must be of type object'],
    [{ ...given, flusherr: true }, 'make has no option "flusherr"; did you mean "flusher"?'],
    [undefined, "the argument of make is undefined; it must be of type object"],
    [null, "the argument of make is null; it must be of type object"],
  ])("are refused: %j", (options, message) => {
    expect(() => checkOptionKinds("make", options, kinds)).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", message }),
    );
  });
});
