import { describe, expect, it } from "@jest/globals";
import { nearestWord } from "./nearest-word.ts";

const known = ["login_start", "login_success", "deploy_start", "log"];

describe("nearestWord", () => {
  it.each([
    ["login_strat", "login_start"], // two neighbours swapped
    ["logn_start", "login_start"], // one left out
    ["loggin_start", "login_start"], // one added
    ["login-start", "login_start"], // one changed
    ["lgoin-statr", "login_start"], // three: the most
    ["lgoin-xtatr", undefined], // four
    ["lag", "log"], // one in three
    ["lg", undefined], // too short to guess
    ["", undefined],
    ["page_view", undefined],
    ["l".repeat(65), undefined],
  ])("of %j is %j", (word, expected) => {
    expect(nearestWord(word, known)).toBe(expected);
  });

  it("takes the nearest of several", () => {
    expect(nearestWord("source_add", ["source_app", "source_adds"])).toBe("source_adds");
  });
});
