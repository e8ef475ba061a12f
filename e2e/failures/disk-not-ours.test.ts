/** A spool that this program may not use: without the right to write or look, owned by another user, or a link. */
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  symlinkSync,
  unlinkSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "@jest/globals";
import type { DiskTrial } from "./support/disk-trial.ts";
import {
  faultsOf,
  mortal,
  oneProblem,
  problemsOf,
  startDiskTrial,
  withMounts,
} from "./support/disk-trial.ts";
import { fewEvents, patientFlushMs, spooling } from "./support/intake-trial.ts";

const left = 10;
const patientMs = 300_000;
const trials: DiskTrial[] = [];
afterEach(async () => {
  for (const trial of trials.splice(0)) await trial.end();
});

/** Leaves some events in a spool. */
async function start(client: (typeof spooling)[number]): Promise<DiskTrial> {
  const trial = await startDiskTrial(client);
  trials.push(trial);
  expect((await trial.run({ events: left, end: "kill" })).signal).toBe("SIGKILL");
  return trial;
}

/** What was recorded over the broken spool is there; after it is mended, so is what had been left in it. */
async function expectDelivery(trial: DiskTrial, starter: readonly string[], mend: () => void): Promise<void> {
  const run = await trial.run({ events: fewEvents, end: "close", starter });
  expect(faultsOf(run)).toEqual([]);
  expect(problemsOf(run)).toEqual(oneProblem);
  await trial.arrived(fewEvents);
  expect(new Set(trial.stored()).size).toBe(fewEvents);
  mend();
  expect(faultsOf(await trial.run({ events: 0, flushMs: patientFlushMs, end: "close" }))).toEqual([]);
  await trial.arrived(fewEvents + left);
  expect(trial.stored()).toHaveLength(fewEvents + left);
  expect(new Set(trial.stored()).size).toBe(fewEvents + left);
}

it.each(spooling)(
  "%s: read-only",
  async (client) => {
    const trial = await start(client);
    const folder = trial.folder();
    chmodSync(folder, 0o555);
    await expectDelivery(trial, mortal(), () => chmodSync(folder, 0o700));
  },
  patientMs,
);

it.each(spooling)(
  "%s: not to be looked into",
  async (client) => {
    const trial = await start(client);
    const folder = trial.folder();
    chmodSync(folder, 0);
    await expectDelivery(trial, mortal(), () => chmodSync(folder, 0o700));
  },
  patientMs,
);

it.each(spooling)(
  "%s: of another user, as sudo leaves it",
  async (client) => {
    const trial = await start(client);
    const folder = trial.folder();
    const away = `${trial.home}/away`;
    if (process.geteuid?.() === 0) {
      chownSync(folder, 12_345, 12_345);
      return expectDelivery(trial, [], () => chownSync(folder, 0, 0));
    }
    renameSync(folder, away);
    mkdirSync(folder);
    const starter = withMounts(`mount --bind /usr '${folder}'`);
    if (starter === undefined)
      throw new Error("This machine shows no folder of another user to a program: run this test as root.");
    await expectDelivery(trial, starter, () => renameSync(away, folder));
  },
  patientMs,
);

it(
  "cli: the home of another user, as under sudo, in which nothing is made",
  async () => {
    const trial = await startDiskTrial("cli");
    trials.push(trial);
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) chownSync(trial.home, 12_345, 12_345);
    const starter = isRoot ? [] : withMounts(`mount --bind /usr '${trial.home}'`);
    if (starter === undefined)
      throw new Error("This machine shows no home of another user to a program: run this test as root.");
    const run = await trial.run({ events: fewEvents, end: "close", starter });
    expect(faultsOf(run)).toEqual([]);
    expect(problemsOf(run)).toEqual(oneProblem);
    await trial.arrived(fewEvents);
    expect(new Set(trial.stored()).size).toBe(fewEvents);
    expect(readdirSync(trial.home)).toEqual([]);
  },
  patientMs,
);

it.each(spooling)(
  "%s: a link to somewhere else",
  async (client) => {
    const trial = await start(client);
    const folder = trial.folder();
    const elsewhere = join(trial.home, "elsewhere");
    renameSync(folder, `${trial.home}/away`);
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, folder);
    await expectDelivery(trial, [], () => {
      expect([readdirSync(elsewhere), lstatSync(folder).isSymbolicLink()]).toEqual([[], true]);
      unlinkSync(folder);
      renameSync(`${trial.home}/away`, folder);
    });
  },
  patientMs,
);
