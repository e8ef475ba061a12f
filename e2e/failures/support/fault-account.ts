import type { LedgerSnapshot } from "@activity/core";
import type { Arrival } from "./final-store.ts";

/** Where the events of a trial were found. */
export interface Findings {
  /** Events were recorded with the numbers 1 … `events`. */
  readonly events: number;
  /** Taken off the wire, repeats too. */
  readonly taken: readonly Arrival[];
  readonly stored: readonly Arrival[];
}

/** What became of the events of a trial. */
export interface FaultAccount {
  /** Recorded, and not in the final store. */
  readonly lost: number;
  /** Copies in the final store beyond the first. */
  readonly duplicated: number;
  /** Times that an event came again over the wire. */
  readonly repeats: number;
  /** Ids beyond the first of its event: a repeat must keep the id. */
  readonly newIds: number;
}

/** Accounts for every event that was recorded. */
export function accountFor({ events, taken, stored }: Findings): FaultAccount {
  const storedOf = byNumber(stored);
  const all = byNumber([...taken, ...stored]);
  const account = { lost: 0, duplicated: 0, newIds: 0 };
  for (let n = 1; n <= events; n++) {
    const copies = storedOf.get(n)?.length ?? 0;
    if (copies === 0) account.lost++;
    else account.duplicated += copies - 1;
    account.newIds += Math.max(0, new Set(all.get(n)).size - 1);
  }
  return { ...account, repeats: taken.length - byNumber(taken).size };
}

/** By how much a ledger does not balance: 0. */
export function imbalanceOf(ledger: LedgerSnapshot): number {
  const { recorded, adopted, delivered, handedOver, pending, rejected, dropped, withdrawn } = ledger;
  return recorded + adopted - delivered - handedOver - pending - rejected - dropped - withdrawn;
}

/** How one process of a trial ended. */
export interface ProcessEnd {
  readonly stderr: readonly string[];
  readonly code: number | null;
  readonly signal: string | null;
  readonly ledger: LedgerSnapshot | undefined;
  readonly unhandledRejections: number;
  readonly closeMs: number | undefined;
}

/** What a process may cost. */
export interface ProcessBounds {
  readonly closeMs: number;
  /** It was to be killed. */
  readonly killed?: boolean;
}

/** What is wrong with the account of a trial; empty when every promise was kept. */
export function brokenByEvents({ lost, duplicated, newIds }: FaultAccount): readonly string[] {
  return [
    ...(lost > 0 ? [`${lost} event(s) lost`] : []),
    ...(duplicated > 0 ? [`${duplicated} event(s) twice in the store`] : []),
    ...(newIds > 0 ? [`${newIds} repeat(s) under a new id`] : []),
  ];
}

/** What is wrong with how a process ended. */
export function brokenByProcess(end: ProcessEnd, bounds: ProcessBounds): readonly string[] {
  const { stderr, code, signal, ledger, unhandledRejections, closeMs = 0 } = end;
  const endedWell = bounds.killed ? signal === "SIGKILL" : code === 0;
  return [
    ...(endedWell ? [] : [`ended with ${signal ?? code}`]),
    ...stderr.map((line) => `on stderr: ${line}`),
    ...(unhandledRejections > 0 ? [`${unhandledRejections} unhandled rejection(s)`] : []),
    ...(closeMs > bounds.closeMs ? [`close took ${Math.round(closeMs)} of ${bounds.closeMs} ms`] : []),
    ...(ledger !== undefined && imbalanceOf(ledger) !== 0
      ? [`the ledger is out by ${imbalanceOf(ledger)}`]
      : []),
  ];
}

function byNumber(arrivals: readonly Arrival[]): ReadonlyMap<number, readonly string[]> {
  const ids = new Map<number, string[]>();
  for (const { n, id } of arrivals) {
    const known = ids.get(n);
    if (known === undefined) ids.set(n, [id]);
    else known.push(id);
  }
  return ids;
}
