/** Every connection is reset before anything is taken. */
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
  "%s: closes in time and keeps everything for the next start",
  async (client) => {
    const trial = await runIntakeTrial({
      client,
      fault: intakeFaults.resets,
      events: fewEvents,
      end: "close",
    });
    expect(trial.broken(patientCloseMs)).toEqual([]);
    expect(trial.first.ledger).toMatchObject({ delivered: 0, handedOver: fewEvents + 1, rejected: 0 });
  },
  trialTimeoutMs,
);
