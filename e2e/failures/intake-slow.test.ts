/** Every answer takes 2 s, as long as a close may. */
import { expect, it } from "@jest/globals";
import { intakeFaults } from "./support/intake-faults.ts";
import { fewEvents, patientCloseMs, runIntakeTrial, spooling } from "./support/intake-trial.ts";

it.concurrent.each(spooling)("%s: does not wait for it, and the next start does", async (client) => {
  const trial = await runIntakeTrial({
    client,
    fault: intakeFaults.slow,
    events: fewEvents,
    end: "close",
  });
  expect(trial.broken(patientCloseMs)).toEqual([]);
  // Taken, and not confirmed in time: sent again under the old ids.
  expect(trial.account.repeats).toBeLessThanOrEqual(fewEvents);
  expect(trial.next.ledger?.delivered).toBeGreaterThanOrEqual(fewEvents);
});
