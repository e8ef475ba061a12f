/** Files of a spool that were damaged: what can be read is delivered, the rest is counted and set aside. */
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "@jest/globals";
import type { DiskTrial } from "./support/disk-trial.ts";
import { faultsOf, problemsOf, startDiskTrial } from "./support/disk-trial.ts";
import { fewEvents, patientFlushMs, spooling } from "./support/intake-trial.ts";

const patientMs = 300_000;
const trials: DiskTrial[] = [];
afterEach(async () => {
  for (const trial of trials.splice(0)) await trial.end();
});

it.each(spooling)(
  "%s: one damaged line and a torn one cost nothing else",
  async (client) => {
    const trial = await startDiskTrial(client);
    trials.push(trial);
    await trial.run({ events: fewEvents, end: "kill" });
    const [segment = ""] = readdirSync(trial.folder()).filter((name) => name.endsWith(".ndjson"));
    const path = join(trial.folder(), segment);
    const lines = readFileSync(path, "utf8").split("\n");
    lines[41] = `\u0000\u0000${lines[41]?.slice(2)}`;
    writeFileSync(path, lines.join("\n"));
    appendFileSync(path, '{"event_id":"torn');
    writeFileSync(join(trial.folder(), "notes.txt"), "not ours");

    const next = await trial.run({ events: 0, flushMs: patientFlushMs, end: "close" });
    expect(faultsOf(next)).toEqual([]);
    expect(problemsOf(next)).toEqual([{ code: "dropped", reason: "corrupt", times: 1 }]);
    expect(next.reports.at(-1)?.ledger.droppedBy).toEqual({ corrupt: 2 });
    await trial.arrived(fewEvents - 1);
    expect(new Set(trial.stored()).size).toBe(fewEvents - 1);
    const aside = readdirSync(join(trial.folder(), "quarantine"));
    expect(readFileSync(join(trial.folder(), "quarantine", aside[0] ?? ""), "utf8")).toBe(`${lines[41]}\n`);
  },
  patientMs,
);
