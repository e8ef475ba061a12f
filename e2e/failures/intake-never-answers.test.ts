/** Requests are read, and never answered. */
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

const { neverAnswers } = intakeFaults;

it.concurrent.each(spooling)(
  "%s: closes in time and keeps everything for the next start",
  async (client) => {
    const trial = await runIntakeTrial({ client, fault: neverAnswers, events: fewEvents, end: "close" });
    expect(trial.broken(patientCloseMs)).toEqual([]);
    expect(trial.first.elapsedMs).toBeLessThan(patientEndMs);
    expect(trial.first.ledger).toMatchObject({ delivered: 0, handedOver: fewEvents + 1 });
  },
  trialTimeoutMs,
);

it.concurrent.each(spooling.flatMap((client) => (["exit", "none"] as const).map((end) => ({ client, end }))))(
  "$client, ended by $end while its request is under way: keeps everything too",
  async (ended) => {
    const trial = await runIntakeTrial({
      ...ended,
      fault: neverAnswers,
      events: fewEvents,
      flushMs: 200,
    });
    expect(trial.broken(patientCloseMs)).toEqual([]);
    // A service that nobody ends has a request of 15 s under way, and may begin another.
    if (ended.client === "cli" || ended.end === "exit")
      expect(trial.first.elapsedMs).toBeLessThan(patientEndMs);
    expect(trial.storedByFirst).toBe(0);
  },
  trialTimeoutMs,
);
