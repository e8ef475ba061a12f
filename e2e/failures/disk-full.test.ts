/** A disk with no room left: a small one of its own where the system allows that, else a limit on the size of files. */
import { mkdirSync } from "node:fs";
import { afterEach, expect, it } from "@jest/globals";
import type { DiskTrial } from "./support/disk-trial.ts";
import { faultsOf, oneProblem, problemsOf, startDiskTrial, withMounts } from "./support/disk-trial.ts";
import { fewEvents, patientFlushMs, spooling } from "./support/intake-trial.ts";

const patientMs = 300_000;
const trials: DiskTrial[] = [];
afterEach(async () => {
  for (const trial of trials.splice(0)) await trial.end();
});

it.each(spooling)(
  "%s: what finds no room waits in memory and is delivered",
  async (client) => {
    const trial = await startDiskTrial(client);
    trials.push(trial);
    mkdirSync(trial.spools, { recursive: true });
    const run = await trial.run({ events: fewEvents, end: "close", starter: fullDisk(trial.spools) });
    expect(faultsOf(run)).toEqual([]);
    expect(problemsOf(run)).toEqual(oneProblem);
    await trial.arrived(fewEvents);
    expect(new Set(trial.stored()).size).toBe(fewEvents);
  },
  patientMs,
);

it.each(spooling)(
  "%s: what had room is delivered by the next start, when the process was killed over it",
  async (client) => {
    const trial = await startDiskTrial(client);
    trials.push(trial);
    mkdirSync(trial.spools, { recursive: true });
    // Files stay when the process ends, as they do on no disk of its own.
    const run = await trial.run({ events: fewEvents, end: "kill", starter: smallFiles });
    expect([run.signal, run.stderr]).toEqual(["SIGKILL", []]);
    const next = await trial.run({
      events: 0,
      flushMs: patientFlushMs,
      untilSentMs: patientFlushMs,
      end: "close",
    });
    expect(faultsOf(next)).toEqual([]);
    expect(problemsOf(next)).toEqual([]);
    await trial.arrived(1);
    const stored = trial.stored();
    expect(stored.length).toBeGreaterThan(0);
    expect(new Set(stored).size).toBe(stored.length);
    expect(stored).toHaveLength(Number(next.reports.at(-1)?.ledger.adopted));
  },
  patientMs,
);

/** No file may grow beyond 4 blocks of 512 bytes: the system stops a write in the middle of a line. */
const smallFiles = ["/bin/sh", "-c", 'ulimit -f 4; exec "$0" "$@"'];

function fullDisk(directory: string): readonly string[] {
  // 16 KiB, of which 8 are taken, and few files.
  const mount = `mount -t tmpfs -o size=16k,nr_inodes=16 activity '${directory}'`;
  const fill = `dd if=/dev/zero of='${directory}/taken' bs=4096 count=2 2>/dev/null`;
  return withMounts(`${mount} && ${fill}`) ?? smallFiles;
}
