/** Events are stored, and the connection breaks before the answer: three times. */
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
  "%s: sends again under the old ids, and nothing is stored twice",
  async (client) => {
    const trial = await runIntakeTrial({
      client,
      fault: intakeFaults.losesAnswers,
      events: fewEvents,
      flushMs: patientFlushMs,
      end: "close",
    });
    expect(trial.broken(patientCloseMs)).toEqual([]);
    expect(trial.account.repeats).toBe(3 * fewEvents);
  },
  trialTimeoutMs,
);
