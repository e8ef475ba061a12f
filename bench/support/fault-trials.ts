/** Our own clients through a row of the table, several times. */
import type { IntakeTrial, spooling } from "../../e2e/failures/support/intake-trial.ts";
import { runIntakeTrial } from "../../e2e/failures/support/intake-trial.ts";
import type { FaultRow } from "./fault-rows.ts";
import type { Spread } from "./measure.ts";
import { spreadOf } from "./measure.ts";

/** What a row came to, over all runs. */
export interface RowResult {
  /** Of one run. */
  readonly events: number;
  readonly runs: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly newIds: number;
  /** The most of any run. */
  readonly repeats: number;
  /** In the store before the first process had ended: the fewest of any run. */
  readonly storedByFirst: number;
  /** How often it was started again: the most of any run. */
  readonly starts: number;
  /** Of `close`, in seconds; `undefined` where it was not called. */
  readonly closeS: Spread | undefined;
  readonly unhandledRejections: number;
  readonly stderrLines: number;
  /** Requests that came although the collector had asked for 2 s of silence. */
  readonly early: number;
  /** Everything that was promised and not kept, the time of `close` aside. */
  readonly broken: readonly string[];
}

/** How often a row is run, with which of our clients and how many events. */
export interface RowOptions {
  readonly client: (typeof spooling)[number];
  readonly events: number;
  readonly runs: number;
}

/** Runs a row. */
export async function runRow(
  { fault, end }: FaultRow,
  { client, events, runs }: RowOptions,
): Promise<RowResult> {
  const trials: IntakeTrial[] = [];
  for (let run = 0; run < runs; run++) trials.push(await runIntakeTrial({ client, fault, end, events }));
  const sum = (of: (trial: IntakeTrial) => number): number =>
    trials.reduce((total, trial) => total + of(trial), 0);
  const processes = trials.flatMap(({ first, next }) => [first, next]);
  const closes = trials.flatMap(({ first }) => (first.closeMs === undefined ? [] : [first.closeMs / 1_000]));
  return {
    events,
    runs: trials.length,
    lost: sum(({ account }) => account.lost),
    duplicated: sum(({ account }) => account.duplicated),
    newIds: sum(({ account }) => account.newIds),
    repeats: Math.max(...trials.map(({ account }) => account.repeats)),
    storedByFirst: Math.min(...trials.map(({ storedByFirst }) => storedByFirst)),
    starts: Math.max(...trials.map(({ starts }) => starts)),
    closeS: closes.length === 0 ? undefined : spreadOf(closes),
    unhandledRejections: processes.reduce((total, end) => total + end.unhandledRejections, 0),
    stderrLines: processes.reduce((total, { stderr }) => total + stderr.length, 0),
    early: sum(({ requests }) => requests.filter(isEarly).length),
    broken: trials.flatMap((trial) => trial.broken(Number.POSITIVE_INFINITY)),
  };
}

/** Timers may fire a little early. */
function isEarly({ nth, sinceFirstMs }: IntakeTrial["requests"][number]): boolean {
  return nth > 0 && sinceFirstMs < 1_995;
}
