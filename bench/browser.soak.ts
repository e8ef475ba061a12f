/**
 * Every disaster that can meet a page, many times over, in real Chromiums: what arrives, what comes twice on the wire,
 * what is doubled behind the proxy. With `--peers` the first seven also meet other SDKs, which shows that the test can
 * fail. `--runs N` (default 20), `--only TEXT` (disasters whose name holds it) and `--browsers N` (side by side, default 3)
 * change a run.
 */
import { disasters } from "../e2e/browser/disasters.ts";
import { ourSdk } from "../e2e/browser/sdk.ts";
import { browserPeers, peerSdk } from "./support/browser-peers.ts";
import { type DisasterSum, runDisasters } from "./support/disaster-runs.ts";
import { createReport } from "./support/report.ts";

const patience = { arriveMs: 60_000, settleMs: 1_500 };
/** Nobody waits a minute for what a peer has lost. */
const patienceWithPeers = { arriveMs: 15_000, settleMs: 1_500 };
const peerRuns = 3;

const report = createReport({ kind: "soak", name: "browser" });
const runs = Number(optionOf("--runs") ?? 20);
const browsers = Number(optionOf("--browsers") ?? 3);
const only = optionOf("--only") ?? "";
const chosen = disasters.filter(({ name }) => name.includes(only));

report.note(`${chosen.length} disasters, ${runs} runs each, ${browsers} browsers side by side`);
report.note(rowOf("disaster", ["arrived", "repeats", "runs ok"]));
const sums = await runDisasters({
  disasters: chosen,
  product: await ourSdk(),
  runs,
  browsers,
  ...patience,
  onDone: (sum) => report.note(told(sum)),
});
if (report.withPeers) await comparePeers();
report.figure("runs", Math.min(...sums.map((sum) => sum.runs)));
report.figure(
  "failed_runs",
  total((sum) => sum.runs - sum.runsOk),
);
report.figure(
  "lost",
  total((sum) => sum.lost),
);
report.figure(
  "repeats",
  total((sum) => sum.repeats),
);
report.figure(
  "duplicated_behind_the_proxy",
  total((sum) => sum.duplicated),
);
report.end();

async function comparePeers(): Promise<void> {
  for (const peer of browserPeers) {
    const product = await peerSdk(peer);
    report.note(`\n${product.settings}; each run as arrived/repeats`);
    await runDisasters({
      disasters: disasters.filter(({ forPeers }) => forPeers),
      product,
      runs: peerRuns,
      browsers,
      ...patienceWithPeers,
      onDone: ({ disaster, cells }) => report.note(rowOf(disaster.name, cells)),
    });
  }
  report.figure("peer_runs", peerRuns);
}

/** A row of the table; what went wrong stands below it. */
function told(sum: DisasterSum): string {
  const { disaster, arrived, recorded, repeats, excusedRepeats, runsOk, wrong } = sum;
  const excused = excusedRepeats > 0 ? ` (+${excusedRepeats} of lost answers)` : "";
  const cells = [`${arrived} of ${recorded}`, `${repeats}${excused}`, `${runsOk} of ${sum.runs}`];
  return [rowOf(disaster.name, cells), ...wrong].join("\n  ");
}

function rowOf(name: string, cells: readonly string[]): string {
  return `${name.padEnd(58)} ${cells.map((cell) => cell.padEnd(16)).join(" ")}`.trimEnd();
}

function total(countOf: (sum: DisasterSum) => number): number {
  return sums.reduce((sum, one) => sum + countOf(one), 0);
}

function optionOf(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}
