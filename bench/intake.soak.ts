/**
 * What becomes of 1,000 events, under every fault of an intake and every end of a process, with our clients and, with
 * `--peers`, with those of others in the same run; a million events while the intake is down; and many processes on
 * one spool. `--runs N` (default 3) says how often our rows are run with each client, `--events N` with how many
 * events.
 */

import { spooling } from "../e2e/failures/support/intake-trial.ts";
import type { MillionResult } from "./support/fault-million.ts";
import { runControlMillion, runMillion } from "./support/fault-million.ts";
import type { FaultRow } from "./support/fault-rows.ts";
import { faultRows } from "./support/fault-rows.ts";
import { cellOfPeer, cellOfRow, lineOf } from "./support/fault-table.ts";
import type { RowResult } from "./support/fault-trials.ts";
import { runRow } from "./support/fault-trials.ts";
import { peerNames, peers, versionOf } from "./support/peer-names.ts";
import { runPeerMillion, runPeerTrial } from "./support/peer-trial.ts";
import { createReport } from "./support/report.ts";
import { runSharedSpool } from "./support/spool-shared-runs.ts";

/** How long another maker's client may take to end. */
const patienceMs = 41_000;

const report = createReport({ kind: "soak", name: "intake" });
const events = optionOf("--events", 1_000);
const columns = report.withPeers ? peerNames : [];
for (const name of columns) report.note(`${peers[name].package} ${versionOf(name)}: ${peers[name].settings}`);

report.note(
  `of ${events} events, in the store after the next start (when the first process had ended) / close + sent again`,
);
report.note(lineOf(["", ...spooling.map((client) => `activity, ${client}`), ...columns]));
const rows: (readonly [FaultRow, RowResult])[] = [];
for (const row of faultRows) {
  const cells: string[] = [];
  const broken: string[] = [];
  for (const client of spooling) {
    const result = await runRow(row, { client, events, runs: optionOf("--runs", 3) });
    rows.push([row, result]);
    cells.push(cellOfRow(result));
    broken.push(...result.broken.map((line) => `  ${client}, ${line}`));
  }
  report.note(lineOf([row.name, ...cells, ...(await peerCells(row))]));
  for (const line of new Set(broken)) report.note(line);
}
const millions = [await runMillion("service"), await runMillion("memory")];
report.note(
  lineOf([
    "1 M while down: peak RSS",
    ...millions.map(({ client, rssMb }) => `${client} ${Math.round(rssMb)} MB`),
    ...(await peerMillions()),
  ]),
);
tellRows(rows);
tellMillions(millions);
report.figure("control_rss_above_empty_mb", await runControlMillion());
const shared = await runSharedSpool();
report.note(`${shared.kills} processes killed on a shared spool, ${shared.recorded} events recorded`);
report.figure("shared_spool_runs", shared.runs);
report.figure("shared_spool_lost", shared.lost);
report.figure("shared_spool_duplicated", shared.duplicated);
report.end();

async function peerCells({ fault, end }: FaultRow): Promise<readonly string[]> {
  const trials = columns.map((peer) => runPeerTrial({ peer, fault, end, events, patienceMs }));
  return (await Promise.all(trials)).map((trial) => cellOfPeer(trial, end === "close"));
}

async function peerMillions(): Promise<readonly string[]> {
  const results = await Promise.all(columns.map(runPeerMillion));
  return results.map(
    ({ peakRssMb, recorded }) =>
      `${Math.round(peakRssMb)} MB${recorded < 1_000_000 ? ` at ${recorded / 1_000} k` : ""}`,
  );
}

function tellRows(all: readonly (readonly [FaultRow, RowResult])[]): void {
  const results = all.map(([, result]) => result);
  const sum = (of: (result: RowResult) => number): number =>
    results.reduce((total, result) => total + of(result), 0);
  const closes = all.flatMap(([{ name }, { closeS }]) => (closeS === undefined ? [] : [{ name, closeS }]));
  const slowest = closes.toSorted((a, b) => b.closeS.median - a.closeS.median)[0];
  const healthy = closes
    .filter(({ name }) => name === "healthy")
    .toSorted((a, b) => b.closeS.median - a.closeS.median)[0];
  report.note(`the slowest close: ${slowest?.name}`);
  report.figure(
    "lost",
    sum(({ lost }) => lost),
  );
  report.figure(
    "duplicated_in_store",
    sum(({ duplicated }) => duplicated),
  );
  report.figure(
    "repeats_with_a_new_id",
    sum(({ newIds }) => newIds),
  );
  if (slowest !== undefined) report.figure("close_s", slowest.closeS);
  if (healthy !== undefined) report.figure("healthy_close_s", healthy.closeS);
  report.figure(
    "requests_before_retry_after",
    all.reduce((total, [{ name }, { early }]) => total + (name.startsWith("429") ? early : 0), 0),
  );
  report.figure(
    "unhandled_rejections",
    sum(({ unhandledRejections }) => unhandledRejections),
  );
  report.figure(
    "stderr_lines",
    sum(({ stderrLines }) => stderrLines),
  );
}

function tellMillions(all: readonly MillionResult[]): void {
  for (const {
    client,
    emptyRssMb,
    capMb,
    rssMb,
    arrived,
    reported,
    unreported,
    unexplained,
    broken,
  } of all) {
    report.note(
      `1 M events, ${client}: RSS ${Math.round(emptyRssMb)} MB empty, ${Math.round(rssMb)} MB at its peak, cap ${capMb} MB; ` +
        `${arrived} arrived, ${reported} reported as dropped, ${unreported} unreported, ${unexplained} unexplained in the store`,
    );
    for (const line of broken) report.note(`1 M events, ${client}: ${line}`);
  }
  report.figure(
    "down_rss_above_empty_and_cap_mb",
    Math.max(...all.map(({ rssMb, emptyRssMb, capMb }) => rssMb - emptyRssMb - capMb)),
  );
  report.figure("down_unreported_drops", Math.max(...all.map(({ unreported }) => Math.abs(unreported))));
  report.figure("down_unexplained_in_store", Math.max(...all.map(({ unexplained }) => unexplained)));
}

function optionOf(flag: string, otherwise: number): number {
  const index = process.argv.indexOf(flag);
  return index < 0 ? otherwise : Number(process.argv[index + 1]);
}
