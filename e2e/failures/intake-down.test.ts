/** Nothing listens: every connection is refused. */
import { expect, it } from "@jest/globals";
import { intakeFaults } from "./support/intake-faults.ts";
import {
  fewEvents,
  patientCloseMs,
  runIntakeTrial,
  spooling,
  trialTimeoutMs,
} from "./support/intake-trial.ts";

const { down, downThenUp } = intakeFaults;

it.concurrent.each(spooling)(
  "%s: keeps everything for the next start",
  async (client) => {
    const trial = await runIntakeTrial({ client, fault: down, events: fewEvents, end: "close" });
    expect(trial.broken(patientCloseMs)).toEqual([]);
    expect(trial.first.ledger).toMatchObject({ delivered: 0, handedOver: fewEvents + 1, dropped: 0 });
    expect(trial.first.report?.problems).toEqual([]);
  },
  trialTimeoutMs,
);

it.concurrent.each(spooling)(
  "%s: delivers when the collector is back",
  async (client) => {
    const trial = await runIntakeTrial({
      client,
      fault: downThenUp,
      events: fewEvents,
      // Its back-off may ask for several times what the outage took.
      untilSentMs: 90_000,
      end: "close",
    });
    expect(trial.broken(patientCloseMs)).toEqual([]);
    expect(trial.storedByFirst).toBe(fewEvents);
  },
  trialTimeoutMs,
);

it.concurrent(
  "in memory: counts and reports what was lost, and names it downstream",
  async () => {
    const events = 10_500;
    const trial = await runIntakeTrial({ client: "memory", fault: down, events, end: "close", maxStarts: 1 });
    const { ledger, report } = trial.first;
    expect(ledger?.droppedBy.capacity).toBeGreaterThanOrEqual(events - 10_000); // The limit of a memory store.
    expect(ledger?.dropped).toBe(ledger?.recorded);
    const dropped = report?.problems.filter(({ code }) => code === "dropped") ?? [];
    expect(dropped.reduce((sum, { count }) => sum + count, 0)).toBe(ledger?.dropped);
    expect(trial.broken(patientCloseMs)).toEqual([`${events} event(s) lost`]);
  },
  trialTimeoutMs,
);
