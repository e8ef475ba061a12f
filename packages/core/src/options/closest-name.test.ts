import { describe, expect, it } from "@jest/globals";
import { closestName } from "./closest-name.ts";

const names = ["beforeRecord", "sample", "maxBodyBytes", "longLived", "url", "ack"];

describe("the closest name", () => {
  it.each([
    ["beforRecord", "beforeRecord"],
    ["beforeRecrod", "beforeRecord"],
    ["longlived", "longLived"],
    ["maxBody", "maxBodyBytes"],
    ["samples", "sample"],
    ["ulr", "url"],
    ["akc", "ack"],
  ])("of %s is %s", (given, meant) => {
    expect(closestName(given, names)).toBe(meant);
  });

  it.each(["", "a", "hook", "beforeSend2", "uri2x", "__proto__"])("of %j is none", (given) => {
    expect(closestName(given, names)).toBeUndefined();
  });

  it("is the closest of several, and the first of those", () => {
    expect(closestName("naem", ["nose", "name", "names"])).toBe("name");
    expect(closestName("xb", ["ab", "cb"])).toBeUndefined();
    expect(closestName("xbc", ["abc", "dbc"])).toBe("abc");
  });
});
