import { expect, it } from "@jest/globals";
import { runSpoolKills } from "./spool-kills.ts";

it("finds every event of processes that are killed, proves where each ended, and counts torn lines", async () => {
  const { recorded, torn, tornCounted, repeats, ...rest } = await runSpoolKills({
    kills: 3,
    tearEvery: 1,
    flags: ["--conditions=@activity/source"],
  });
  expect(rest).toEqual({ kills: 3, lost: 0, unexplained: 0, openTails: 0 });
  expect(recorded).toBeGreaterThan(3);
  expect([tornCounted, repeats]).toEqual([torn, expect.any(Number)]);
}, 300_000);
