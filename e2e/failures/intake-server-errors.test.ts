/** The first three requests are answered with 500. */
import { expect, it } from "@jest/globals";
import { intakeFaults } from "./support/intake-faults.ts";
import {
  fewEvents,
  patientCloseMs,
  patientFlushMs,
  runIntakeTrial,
  spooling,
  trialTimeoutMs,
} from "./support/intake-trial.ts";

it.concurrent.each(spooling)(
  "%s: tries again, with a pause that grows",
  async (client) => {
    const trial = await runIntakeTrial({
      client,
      fault: intakeFaults.failsThreeTimes,
      events: fewEvents,
      // The pauses are 1.4 s together at most.
      flushMs: patientFlushMs,
      end: "close",
    });
    expect(trial.broken(patientCloseMs)).toEqual([]);
    expect(trial.storedByFirst).toBe(fewEvents);
    expect(trial.first.report?.problems).toEqual([]);
    expect(trial.first.ledger).toMatchObject({ rejected: 0, dropped: 0 });
  },
  trialTimeoutMs,
);
