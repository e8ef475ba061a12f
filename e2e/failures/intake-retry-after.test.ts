/** The collector asks to be left alone for 2 s. */
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

const { asksToWait } = intakeFaults;
const waitMs = 2_000;
/** Timers may fire a little early. */
const toleranceMs = 5;

it.concurrent.each(spooling)(
  "%s: leaves it alone, also while it closes",
  async (client) => {
    const trial = await runIntakeTrial({
      client,
      fault: asksToWait,
      events: fewEvents,
      end: "close",
      endWhen: ({ requests }) => requests.length > 0,
    });
    expect(trial.broken(patientCloseMs)).toEqual([]);
    expect(trial.requests[1]?.sinceFirstMs).toBeGreaterThanOrEqual(waitMs - toleranceMs);
  },
  trialTimeoutMs,
);

it.concurrent.each(spooling)(
  "%s: goes on when the time is up",
  async (client) => {
    const trial = await runIntakeTrial({
      client,
      fault: asksToWait,
      events: fewEvents,
      flushMs: patientFlushMs,
      end: "close",
    });
    expect(trial.broken(patientCloseMs)).toEqual([]);
    expect(trial.storedByFirst).toBe(fewEvents);
    expect(trial.requests[1]?.sinceFirstMs).toBeGreaterThanOrEqual(waitMs - toleranceMs);
  },
  trialTimeoutMs,
);
