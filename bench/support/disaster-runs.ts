/** Many runs of many disasters by several browsers at once, and what became of the events of each. */
import type { Sdk } from "../../e2e/browser/sdk.ts";
import { type Disaster, type Patience, runDisaster } from "../../e2e/browser/world.ts";
import { startChromium } from "../../e2e/support/chromium.ts";

/** What the runs of one disaster came to. */
export interface DisasterSum {
  readonly disaster: Disaster;
  runs: number;
  /** Runs in which nothing was lost, repeated or doubled, and everything else held. */
  runsOk: number;
  recorded: number;
  arrived: number;
  /** Events that had to arrive and did not. */
  lost: number;
  repeats: number;
  /** Repeats of events whose answers were lost. */
  excusedRepeats: number;
  duplicated: number;
  /** For the reader: each run that went wrong, and how. */
  readonly wrong: string[];
  /** For the reader: each run as `arrived/repeats`. */
  readonly cells: string[];
}

/** What is run, and how. */
export interface DisasterRuns extends Patience {
  readonly disasters: readonly Disaster[];
  readonly product: Sdk;
  /** Of each disaster. */
  readonly runs: number;
  /** Browsers that work side by side, each on one run at a time. */
  readonly browsers: number;
  /** Told of each disaster when its last run is over. */
  readonly onDone?: (sum: DisasterSum) => void;
}

/**
 * Runs every disaster so many times. No browser has more than one run at a time: pages of one browser share its threads,
 * and a tab that cannot answer in time is cut off.
 */
export async function runDisasters(wish: DisasterRuns): Promise<readonly DisasterSum[]> {
  const { disasters, runs, browsers, onDone } = wish;
  const sums = disasters.map(emptySum);
  // The long ones first, or the last browser would work on them alone.
  const order = sums.toSorted(
    (a, b) => Number(b.disaster.isLong ?? false) - Number(a.disaster.isLong ?? false),
  );
  const jobs = order.flatMap((sum) => Array.from({ length: runs }, () => sum));
  const work = async (): Promise<void> => {
    const chromium = await startChromium();
    try {
      for (let sum = jobs.shift(); sum !== undefined; sum = jobs.shift()) {
        await addRun(sum, { ...wish, chromium });
        if (sum.runs === runs) onDone?.(sum);
      }
    } finally {
      await chromium.stop();
    }
  };
  await Promise.all(Array.from({ length: browsers }, work));
  return sums;
}

function emptySum(disaster: Disaster): DisasterSum {
  const counts = { recorded: 0, arrived: 0, lost: 0, repeats: 0, excusedRepeats: 0, duplicated: 0 };
  return { disaster, runs: 0, runsOk: 0, ...counts, wrong: [], cells: [] };
}

type RunOptions = Pick<DisasterRuns, "product" | "arriveMs" | "settleMs"> & {
  readonly chromium: Awaited<ReturnType<typeof startChromium>>;
};

/** One run. One that does not take place as it should counts as gone wrong, and stops no other. */
async function addRun(sum: DisasterSum, options: RunOptions): Promise<void> {
  const { disaster } = sum;
  const troubles: string[] = [];
  try {
    const outcome = await runDisaster(disaster, options.product, options);
    const { recorded, arrived, repeats, excusedRepeats, duplicated } = outcome;
    const lost = Math.max(0, (disaster.mustArrive?.(recorded) ?? recorded) - arrived);
    for (const [key, value] of Object.entries({ lost, repeats, duplicated }))
      if (value > 0) troubles.push(`${value} ${key}`);
    troubles.push(...outcome.complaints);
    sum.recorded += recorded;
    sum.arrived += arrived;
    sum.lost += lost;
    sum.repeats += repeats;
    sum.excusedRepeats += excusedRepeats;
    sum.duplicated += duplicated;
    sum.cells.push(`${arrived}/${repeats}`);
  } catch (error) {
    troubles.push(`did not take place: ${String(error).split("\n")[0]}`);
    sum.cells.push("failed");
  }
  sum.runs++;
  if (troubles.length === 0) sum.runsOk++;
  else sum.wrong.push(`run ${sum.runs}: ${troubles.join(", ")}`);
}
