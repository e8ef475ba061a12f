/** Every answer takes 2 s, as long as a close may. */
import { expect, it } from "@jest/globals";
import { intakeFaults } from "./support/intake-faults.ts";
import {
  fewEvents,
  patientCloseMs,
  runIntakeTrial,
  spooling,
  trialTimeoutMs,
} from "./support/intake-trial.ts";

it.concurrent.each(spooling)(
  "%s: does not wait for it, and the next start does",
  async (client) => {
    const trial = await runIntakeTrial({
      client,
      fault: intakeFaults.slow,
      events: fewEvents,
      end: "close",
    });
    expect(trial.broken(patientCloseMs)).toEqual([]);
    // What a command left may be its flusher's by then.
    if (client !== "cli") expect(trial.next.ledger?.delivered).toBeGreaterThanOrEqual(fewEvents);
  },
  trialTimeoutMs,
);
