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

  it.each([
    ["login_strat", "login_start"], // two neighbours swapped
    ["lgoin-statr", "login_start"], // three: the most
    ["lgoin-xtatr", undefined], // four
    ["lag", "log"], // one in three
    ["lg", undefined], // too short to guess
    ["logout", undefined], // longer than one that it begins with
    ["page_view", undefined],
    ["l".repeat(65), undefined],
  ])("of %s among words is %s", (given, meant) => {
    expect(closestName(given, ["login_start", "login_success", "deploy_start", "log"])).toBe(meant);
  });

  it("is the closest of several, and the first of those", () => {
    expect(closestName("naem", ["nose", "name", "names"])).toBe("name");
    expect(closestName("xb", ["ab", "cb"])).toBeUndefined();
    expect(closestName("xbc", ["abc", "dbc"])).toBe("abc");
  });
});
