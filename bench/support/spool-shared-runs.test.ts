import { expect, it } from "@jest/globals";
import { runSharedSpool } from "./spool-shared-runs.ts";

it("loses and doubles nothing when processes on one spool are killed", async () => {
  const options = { runs: 1, processes: 6, killed: 3, events: 60, flags: ["--conditions=@activity/source"] };
  const { kills, recorded, ...wrong } = await runSharedSpool(options);
  expect(wrong).toEqual({ runs: 1, lost: 0, duplicated: 0, missing: [] });
  expect(kills).toBeGreaterThan(0);
  expect(recorded).toBeGreaterThan(3 * 60);
}, 300_000);
