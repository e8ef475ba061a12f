/** Requests are read, and never answered. */
import { expect, it } from "@jest/globals";
import { intakeFaults } from "./support/intake-faults.ts";
import { fewEvents, patientCloseMs, runIntakeTrial, spooling } from "./support/intake-trial.ts";

const { neverAnswers } = intakeFaults;
/** What a process may take that does not wait for an attempt (4 s in a command), on a busy machine. */
const soonMs = 3_500;

it.concurrent.each(spooling)("%s: closes in time and keeps everything for the next start", async (client) => {
  const trial = await runIntakeTrial({ client, fault: neverAnswers, events: fewEvents, end: "close" });
  expect(trial.broken(patientCloseMs)).toEqual([]);
  expect(trial.first.ledger).toMatchObject({ delivered: 0, handedOver: fewEvents + 1 });
});

it.concurrent.each(spooling)("%s: does not delay process.exit", async (client) => {
  const trial = await runIntakeTrial({
    client,
    fault: neverAnswers,
    events: fewEvents,
    flushMs: 200,
    end: "exit",
  });
  expect(trial.broken(patientCloseMs)).toEqual([]);
  expect(trial.first.elapsedMs).toBeLessThan(soonMs);
});

it.concurrent("cli: keeps a process that has nothing else to do for one attempt at most", async () => {
  const trial = await runIntakeTrial({
    client: "cli",
    fault: neverAnswers,
    events: fewEvents,
    flushMs: 200,
    end: "none",
  });
  expect(trial.broken(patientCloseMs)).toEqual([]);
  // An attempt of a command ends after 4 s.
  expect(trial.first.elapsedMs).toBeLessThan(4_000 + soonMs);
});
