import { startCollector } from "../../e2e/failures/support/collector.ts";
import type { FaultAccount } from "../../e2e/failures/support/fault-account.ts";
import { accountFor } from "../../e2e/failures/support/fault-account.ts";
import type { IntakeFault } from "../../e2e/failures/support/intake-faults.ts";
import { impose } from "../../e2e/failures/support/intake-faults.ts";
import { startProgram } from "../../e2e/failures/support/start-program.ts";
import type { PeerName } from "./peer-names.ts";
import type { PeerProgramReport, PeerProgramSettings } from "./peer-program.ts";
import { peerStore } from "./peer-stores.ts";

/** What is asked of another maker's client. */
export interface PeerTrialOptions {
  readonly peer: PeerName;
  readonly fault: IntakeFault;
  readonly events: number;
  readonly end: PeerProgramSettings["end"];
  /** A process that has not ended by then is killed. */
  readonly patienceMs: number;
}

/** How it went. */
export interface PeerTrial {
  /** Distinct events in the store when the next start has ended. */
  readonly arrived: number;
  readonly account: FaultAccount;
  /** `undefined` when it never came to an end. */
  readonly closeMs: number | undefined;
}

const program = new URL("peer-program.ts", import.meta.url);

/** The same as our own client goes through: a first process, the fault over, a next start. */
export async function runPeerTrial(options: PeerTrialOptions): Promise<PeerTrial> {
  const { peer, fault, events, end, patienceMs } = options;
  const store = peerStore(peer);
  const collector = await startCollector(store);
  const run = (settings: Pick<PeerProgramSettings, "events" | "end">, timeoutMs: number) =>
    startProgram<PeerProgramReport>(program, {
      settings: { peer, url: collector.url, ...settings },
      timeoutMs,
    });
  try {
    const imposed = await impose(fault, collector);
    const running = run({ events, end }, patienceMs);
    void running.spoken.then(imposed.recorded);
    const first = await running.ended;
    await imposed.end();
    if (store.stored.length < events) await run({ events: 0, end: "close" }, 15_000).ended;
    const account = accountFor({ events, taken: collector.taken, stored: store.stored });
    return { arrived: events - account.lost, account, closeMs: first.reports.at(-1)?.closeMs };
  } finally {
    await collector.close();
  }
}

/** The most memory that a million events take while the collector is down, and how many were recorded in 4 minutes. */
export async function runPeerMillion(
  peer: PeerName,
): Promise<{ readonly peakRssMb: number; readonly recorded: number }> {
  const collector = await startCollector(peerStore(peer));
  try {
    await collector.down();
    const settings: PeerProgramSettings = { peer, url: collector.url, events: 1_000_000, end: "exit" };
    const { reports } = await startProgram<PeerProgramReport>(program, { settings, timeoutMs: 240_000 })
      .ended;
    const { peakRssMb = Number.NaN, recorded = 0 } = reports.at(-1) ?? {};
    return { peakRssMb, recorded };
  } finally {
    await collector.close();
  }
}
