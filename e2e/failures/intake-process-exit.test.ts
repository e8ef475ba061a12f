/** The program ends without closing its client. */
import { expect, it } from "@jest/globals";
import { intakeFaults } from "./support/intake-faults.ts";
import {
  fewEvents,
  patientCloseMs,
  patientEndMs,
  runIntakeTrial,
  spooling,
  trialTimeoutMs,
} from "./support/intake-trial.ts";

const ends = spooling.flatMap((client) => (["exit", "none"] as const).map((end) => ({ client, end })));

it.concurrent.each(ends)(
  "$client, ended by $end: everything arrives, by the next start",
  async (ended) => {
    const trial = await runIntakeTrial({ ...ended, fault: intakeFaults.healthy, events: fewEvents });
    expect(trial.broken(patientCloseMs)).toEqual([]);
    expect(trial.first.elapsedMs).toBeLessThan(patientEndMs);
    expect(trial.account.repeats).toBe(0);
  },
  trialTimeoutMs,
);
