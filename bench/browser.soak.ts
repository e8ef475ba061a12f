/**
 * Every disaster that can meet a page, many times over, in a real Chromium: what arrives, what comes twice on the wire,
 * what is doubled behind the proxy. With `--peers` the first seven also meet other SDKs, which shows that the test can
 * fail. `--runs N` (default 20) and `--only TEXT` (disasters whose name holds it) shorten a run.
 */
import { disasters } from "../e2e/browser/disasters.ts";
import { ourSdk, type Sdk } from "../e2e/browser/sdk.ts";
import { type Disaster, type Outcome, runDisaster } from "../e2e/browser/world.ts";
import { type Chromium, startChromium } from "../e2e/support/chromium.ts";
import { browserPeers, peerSdk } from "./support/browser-peers.ts";
import { createReport } from "./support/report.ts";

const patience = { arriveMs: 60_000, settleMs: 1_500 };
/** Nobody waits a minute for what a peer has lost. */
const patienceWithPeers = { arriveMs: 15_000, settleMs: 1_500 };
const peerRuns = 3;

const report = createReport({ kind: "soak", name: "browser" });
const runs = Number(optionOf("--runs") ?? 20);
const only = optionOf("--only") ?? "";
const chosen = disasters.filter(({ name }) => name.includes(only));
const product = await ourSdk();
const chromium = await startChromium();
const totals = { lost: 0, repeats: 0, duplicated: 0 };
try {
  report.note(`${chosen.length} disasters, ${runs} runs each; arrived of recorded / repeats on the wire`);
  for (const disaster of chosen) report.note(await rowOf(disaster));
  if (report.withPeers) await comparePeers();
} finally {
  await chromium.stop();
}
report.figure("runs", runs);
report.figure("lost", totals.lost);
report.figure("repeats", totals.repeats);
report.figure("duplicated_behind_the_proxy", totals.duplicated);
report.end();

/** Runs one of ours and sums it up. What goes wrong is said in its row. */
async function rowOf(disaster: Disaster): Promise<string> {
  const sum = { recorded: 0, arrived: 0, repeats: 0, excused: 0 };
  const wrong: string[] = [];
  for (let run = 0; run < runs; run++) {
    const outcome = await runDisaster(disaster, product, { chromium, ...patience });
    const { recorded, arrived, repeats, excusedRepeats, duplicated } = outcome;
    const lost = Math.max(0, (disaster.mustArrive?.(recorded) ?? recorded) - arrived);
    sum.recorded += recorded;
    sum.arrived += arrived;
    sum.repeats += repeats;
    sum.excused += excusedRepeats;
    totals.lost += lost + outcome.complaints.length;
    totals.repeats += repeats;
    totals.duplicated += duplicated;
    if (lost + repeats + duplicated > 0)
      wrong.push(`run ${run + 1}: ${lost} lost, ${repeats} repeated, ${duplicated} doubled`);
    wrong.push(...outcome.complaints.map((complaint) => `run ${run + 1}: ${complaint}`));
  }
  const excused = sum.excused > 0 ? ` (+${sum.excused} of lost answers)` : "";
  const row = `${disaster.name.padEnd(58)} ${sum.arrived} of ${sum.recorded} / ${sum.repeats}${excused}`;
  return [row, ...wrong].join("\n  ");
}

async function comparePeers(): Promise<void> {
  report.note("");
  const table = disasters.filter(({ forPeers }) => forPeers);
  for (const peer of browserPeers) {
    const sdk = await peerSdk(peer);
    report.note(sdk.settings);
    for (const disaster of table) report.note(`  ${disaster.name.padEnd(56)} ${await cellOf(disaster, sdk)}`);
  }
  report.figure("peer_runs", peerRuns);
}

/** Arrived and repeats of each run of a peer. */
async function cellOf(disaster: Disaster, sdk: Sdk): Promise<string> {
  const cells: string[] = [];
  for (let run = 0; run < peerRuns; run++) cells.push(told(await tryOnce(disaster, sdk, chromium)));
  return cells.join("   ");
}

async function tryOnce(disaster: Disaster, sdk: Sdk, browser: Chromium): Promise<Outcome | Error> {
  try {
    return await runDisaster(disaster, sdk, { chromium: browser, ...patienceWithPeers });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function told(outcome: Outcome | Error): string {
  return outcome instanceof Error
    ? `failed (${outcome.message.split("\n")[0]})`
    : `${outcome.arrived} of ${outcome.recorded} / ${outcome.repeats}`;
}

function optionOf(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}
