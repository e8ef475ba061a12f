/** A million events while the collector is down: what it costs in memory, and whether every one is accounted for. */
import { audit, defaultLimits } from "@activity/core";
import { intakeFaults } from "../../e2e/failures/support/intake-faults.ts";
import type { IntakeTrial } from "../../e2e/failures/support/intake-trial.ts";
import { runIntakeTrial } from "../../e2e/failures/support/intake-trial.ts";
import { startProgram } from "../../e2e/failures/support/start-program.ts";
import type { ControlReport } from "./control-program.ts";

const million = 1_000_000;
const patienceMs = 600_000;
const bytesOfMb = 1_048_576;

export interface MillionResult {
  readonly client: "service" | "memory";
  readonly emptyRssMb: number;
  readonly rssMb: number;
  /** What the store may hold. */
  readonly capMb: number;
  readonly arrived: number;
  /** Told to `onProblem` as dropped, by both processes. */
  readonly reported: number;
  /** Recorded, not arrived, and reported by nobody; negative when more were reported. */
  readonly unreported: number;
  /** Numbers that an audit of the final store cannot explain. */
  readonly unexplained: number;
  readonly broken: readonly string[];
}

/** Runs it with a spool or with a store in memory. */
export async function runMillion(client: MillionResult["client"]): Promise<MillionResult> {
  const fault = intakeFaults.down;
  const common = { client, fault, end: "close", timeoutMs: patienceMs, nextFlushMs: 120_000 } as const;
  const empty = await runIntakeTrial({ ...common, events: 0 });
  const trial = await runIntakeTrial({ ...common, events: million, maxStarts: 1 });
  const { spool, memoryStore } = defaultLimits;
  const reported = droppedIn(trial);
  // Both processes record more than the numbered events: the end of a source, a start. The ledgers count them too.
  const recorded = (trial.first.ledger?.recorded ?? 0) + (trial.next.ledger?.recorded ?? 0);
  const waiting = trial.next.ledger?.handedOver ?? 0;
  const { events: arrived, duplicated, lost: unexplained } = await audit(trial.events);
  return {
    client,
    emptyRssMb: empty.first.report?.peakRssMb ?? 0,
    rssMb: trial.first.report?.peakRssMb ?? Number.POSITIVE_INFINITY,
    capMb: (client === "service" ? spool.bytes : memoryStore.bytes) / bytesOfMb,
    arrived,
    reported,
    unreported: recorded - (arrived - duplicated) - waiting - reported,
    unexplained,
    // Events are lost here, and must be: there is no room for them.
    broken: trial.broken(Number.POSITIVE_INFINITY).filter((line) => !/^\d+ event\(s\) lost$/.test(line)),
  };
}

/** MB by which a process grows that makes the same million events and writes them as JSON, without any client. */
export async function runControlMillion(): Promise<number> {
  const file = new URL("control-program.ts", import.meta.url);
  const peakOf = async (events: number): Promise<number> => {
    const { reports } = await startProgram<ControlReport>(file, {
      settings: { events },
      timeoutMs: patienceMs,
    }).ended;
    return reports.at(-1)?.peakRssMb ?? Number.NaN;
  };
  const empty = await peakOf(0);
  return (await peakOf(million)) - empty;
}

function droppedIn({ first, next }: IntakeTrial): number {
  const problems = [first, next].flatMap(({ report }) => report?.problems ?? []);
  return problems.filter(({ code }) => code === "dropped").reduce((sum, { count }) => sum + count, 0);
}
