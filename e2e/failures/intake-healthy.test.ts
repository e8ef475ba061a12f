/** Nothing is wrong: everything arrives before the process ends, once, and the close is quick. */
import { expect, it } from "@jest/globals";
import { intakeFaults } from "./support/intake-faults.ts";
import {
  fewEvents,
  patientCloseMs,
  patientEndMs,
  patientFlushMs,
  runIntakeTrial,
  spooling,
  trialTimeoutMs,
} from "./support/intake-trial.ts";

it.concurrent.each(spooling)(
  "%s: delivers everything at close",
  async (client) => {
    const trial = await runIntakeTrial({
      client,
      fault: intakeFaults.healthy,
      events: fewEvents,
      // A busy machine may not answer within the 2 s of a close.
      flushMs: patientFlushMs,
      end: "close",
    });
    expect(trial.broken(patientCloseMs)).toEqual([]);
    expect(trial.first.elapsedMs).toBeLessThan(patientEndMs);
    expect(trial.storedByFirst).toBe(fewEvents);
    expect(trial.account.repeats).toBe(0);
    // The events and the end of their source, which a command leaves to its flusher.
    expect(trial.first.ledger).toMatchObject({
      recorded: fewEvents + 1,
      delivered: client === "cli" ? fewEvents : fewEvents + 1,
      pending: 0,
    });
  },
  trialTimeoutMs,
);
