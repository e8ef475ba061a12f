/** No place for a spool: a home that is read-only, that cannot be, or that is none. */
import { chmodSync, readdirSync } from "node:fs";
import { afterEach, expect, it } from "@jest/globals";
import type { DiskTrial } from "./support/disk-trial.ts";
import { faultsOf, mortal, oneProblem, problemsOf, startDiskTrial } from "./support/disk-trial.ts";
import { fewEvents } from "./support/intake-trial.ts";

const patientMs = 300_000;
const trials: DiskTrial[] = [];
afterEach(async () => {
  for (const trial of trials.splice(0)) await trial.end();
});

it.each(["/dev/null/home", "/proc", "not/absolute"])(
  "delivers from memory where HOME is %s",
  async (home) => {
    const trial = await startDiskTrial("cli");
    trials.push(trial);
    const run = await trial.run({ events: fewEvents, end: "close", environment: { HOME: home } });
    expect(faultsOf(run)).toEqual([]);
    expect(problemsOf(run)).toEqual(oneProblem);
    await trial.arrived(fewEvents);
    expect(new Set(trial.stored()).size).toBe(fewEvents);
  },
  patientMs,
);

it.each(["service", "cli"] as const)(
  "%s: delivers from memory where the home is read-only, and writes nothing there",
  async (client) => {
    const trial = await startDiskTrial(client);
    trials.push(trial);
    chmodSync(trial.home, 0o555);
    const run = await trial.run({ events: fewEvents, end: "close", starter: mortal() });
    chmodSync(trial.home, 0o700);
    expect(faultsOf(run)).toEqual([]);
    expect(problemsOf(run)).toEqual(oneProblem);
    await trial.arrived(fewEvents);
    expect(new Set(trial.stored()).size).toBe(fewEvents);
    expect(readdirSync(trial.home)).toEqual([]);
  },
  patientMs,
);
