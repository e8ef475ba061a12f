/** Bodies of more than five events are refused with 413. */
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
  "%s: halves until they are small enough",
  async (client) => {
    const trial = await runIntakeTrial({
      client,
      fault: intakeFaults.takesFiveEvents,
      events: fewEvents,
      flushMs: patientFlushMs,
      end: "close",
    });
    expect(trial.broken(patientCloseMs)).toEqual([]);
    expect(trial.storedByFirst).toBe(fewEvents);
    expect(trial.account.repeats).toBe(0);
    expect(trial.first.ledger).toMatchObject({ rejected: 0, dropped: 0 });
  },
  trialTimeoutMs,
);
