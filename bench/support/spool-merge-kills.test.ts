import { expect, it } from "@jest/globals";
import { runMergeKills } from "./spool-merge-kills.ts";

it("loses and doubles nothing when whoever merges small segments is killed", async () => {
  const flags = ["--conditions=@activity/source", "--disable-warning=ExperimentalWarning"];
  expect(await runMergeKills({ points: 5, flags })).toMatchObject({
    lost: 0,
    duplicated: 0,
    filesBefore: 40,
    filesAfter: 1,
  });
});
