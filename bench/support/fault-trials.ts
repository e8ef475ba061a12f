/** Our own clients through every row of the table, several times. */
import type { IntakeTrial } from "../../e2e/failures/support/intake-trial.ts";
import { runIntakeTrial, spooling } from "../../e2e/failures/support/intake-trial.ts";
import type { FaultRow } from "./fault-rows.ts";
import type { Spread } from "./measure.ts";
import { spreadOf } from "./measure.ts";

/** What a row came to, over all runs. */
export interface RowResult {
  /** Of one run. */
  readonly events: number;
  /** With both kinds of client together. */
  readonly runs: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly newIds: number;
  /** The most of any run. */
  readonly repeats: number;
  /** In the store before the first process had ended: the fewest of any run. */
  readonly storedByFirst: number;
  /** Of `close`, in seconds; `undefined` where it was not called. */
  readonly closeS: Spread | undefined;
  readonly unhandledRejections: number;
  readonly stderrLines: number;
  /** Requests that came although the collector had asked for 2 s of silence. */
  readonly early: number;
  /** Everything that was promised and not kept, the time of `close` aside. */
  readonly broken: readonly string[];
}

/** Runs a row with both kinds of client, one after the other. */
export async function runRow(
  row: FaultRow,
  { events, runs }: { events: number; runs: number },
): Promise<RowResult> {
  const trials: IntakeTrial[] = [];
  for (let run = 0; run < runs; run++) {
    for (const client of spooling) {
      const { fault, end } = row;
      // Against five events a request it takes 200 of them, each with its turn of a busy machine.
      trials.push(
        await runIntakeTrial({ client, fault, end, events, nextFlushMs: 60_000, timeoutMs: 120_000 }),
      );
    }
  }
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
