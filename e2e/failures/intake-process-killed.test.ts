/** SIGKILL: nothing of the process runs any more. */
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
  "%s: the next start delivers what waited",
  async (client) => {
    const trial = await runIntakeTrial({
      client,
      fault: intakeFaults.healthy,
      events: fewEvents,
      end: "kill",
    });
    expect(trial.broken(patientCloseMs)).toEqual([]);
    expect(trial.storedByFirst).toBe(0);
    expect(trial.next.ledger).toMatchObject({ adopted: fewEvents });
  },
  trialTimeoutMs,
);

it.concurrent.each(spooling)(
  "%s: what was stored and not confirmed is sent again under the old ids",
  async (client) => {
    const trial = await runIntakeTrial({
      client,
      fault: intakeFaults.takesInSilence,
      events: fewEvents,
      flushMs: patientFlushMs,
      killWhen: ({ taken }) => taken.length > 0,
      end: "close",
    });
    expect(trial.broken(patientCloseMs)).toEqual([]);
    expect(trial.storedByFirst).toBe(fewEvents);
    expect(trial.account.repeats).toBeGreaterThanOrEqual(fewEvents);
  },
  trialTimeoutMs,
);
