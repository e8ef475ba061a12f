import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { EventObject } from "@activity/core";
import { removeFolder } from "../../support/remove-folder.ts";
import type { Collector } from "./collector.ts";
import { startCollector } from "./collector.ts";
import type { FaultAccount, ProcessBounds, ProcessEnd } from "./fault-account.ts";
import { accountFor, brokenByEvents, brokenByProcess } from "./fault-account.ts";
import type { ProxyStore } from "./final-store.ts";
import { proxyStore } from "./final-store.ts";
import type { IntakeFault } from "./intake-faults.ts";
import { impose } from "./intake-faults.ts";
import type { IntakeProgramReport, IntakeProgramSettings } from "./intake-program.ts";
import type { ProgramRun } from "./start-program.ts";
import { startProgram } from "./start-program.ts";

/** What a first process does while the collector is as it is. */
export interface IntakeTrialOptions extends Omit<IntakeProgramSettings, "url" | "directory"> {
  readonly fault: IntakeFault;
  /** Kills the first process as soon as this is so. */
  readonly killWhen?: (collector: Collector) => boolean;
  /** The fault ends when the first process has ended and this is so: a command's flusher meets it later. */
  readonly endWhen?: (collector: Collector) => boolean;
  /** @defaultValue the proxy, as it is */
  readonly store?: ProxyStore;
  /** How long the next start flushes at most. @defaultValue 40,000 */
  readonly nextFlushMs?: number;
  /** How often it is started again at most, as long as events are missing. @defaultValue 5 */
  readonly maxStarts?: number;
  /** After that a process is killed. @defaultValue 150,000 */
  readonly timeoutMs?: number;
}

/** A first process under a fault, the next start, and where its events were found. */
export interface IntakeTrial {
  readonly first: ProcessOfTrial;
  readonly next: ProcessOfTrial;
  /** How often it was started again: once, unless the machine is so slow that a start's time is up before all is sent. */
  readonly starts: number;
  /** In the store when the first process had ended. */
  readonly storedByFirst: number;
  readonly account: FaultAccount;
  readonly requests: Collector["requests"];
  /** The final store, whole. */
  readonly events: readonly EventObject[];
  /** Everything that was promised and not kept. `close` of the first process may take so long. */
  broken(closeMs: number): readonly string[];
}

/** How a process ended, and what it said of itself. */
export interface ProcessOfTrial extends ProcessEnd {
  readonly report: IntakeProgramReport | undefined;
  readonly elapsedMs: number;
}

/** The two kinds of client that keep what they record on disk. */
export const spooling = ["service", "cli"] as const;
/** How many events a test records. */
export const fewEvents = 100;
/** How long a flush may take in a test; it ends as soon as all is delivered. */
export const patientFlushMs = 40_000;
/** What `close` may take in a test, on a machine that has other things to do; its own bound is 2 s. */
export const patientCloseMs = 10_000;
/** How long a process may live that is ended or has nothing more to do; it may take 5 s. */
export const patientEndMs = 40_000;
/** For a test: its waits are a few seconds together, its processes need what the machine has left. */
export const trialTimeoutMs = 300_000;

const program = new URL("intake-program.ts", import.meta.url);
/** Whatever the person who runs this has chosen: the person of a trial shares usage data. */
const sharing = { DO_NOT_TRACK: "0", ACTIVITY_TELEMETRY: "on" };
const patientMs = 60_000;
/** A flusher lives no longer. */
const flusherMs = 35_000;

/**
 * Runs a first process against a collector with a fault, ends the fault unless it lasts, and runs the next
 * start.
 */
export async function runIntakeTrial(options: IntakeTrialOptions): Promise<IntakeTrial> {
  const {
    fault,
    killWhen,
    endWhen = () => true,
    store = proxyStore(),
    nextFlushMs = patientFlushMs,
    maxStarts = 5,
    timeoutMs = 150_000,
    ...settings
  } = options;
  const home = mkdtempSync(join(tmpdir(), "activity-failure-"));
  const directory = join(home, "spool");
  mkdirSync(directory);
  const collector = await startCollector(store);
  const environment = { HOME: home, ...sharing };
  const start = (own: Partial<IntakeProgramSettings>) =>
    startProgram<IntakeProgramReport>(program, {
      settings: { ...settings, url: collector.url, directory, ...own },
      environment,
      timeoutMs,
    });
  try {
    const imposed = await impose(fault, collector);
    const running = start({});
    void running.spoken.then(imposed.recorded);
    if (killWhen !== undefined) void until(() => killWhen(collector)).then(() => running.kill());
    const first = toProcess(await running.ended);
    const storedByFirst = store.stored.length;
    await until(() => endWhen(collector));
    await imposed.end();
    let next: ProcessOfTrial;
    let starts = 0;
    do {
      // It records nothing. A command need do no more than flush; a service lives on.
      const lives = settings.client === "cli" ? {} : { untilSentMs: nextFlushMs };
      const nextStart = { events: 0, flushMs: nextFlushMs, stayMs: 0, end: "close", ...lives } as const;
      next = toProcess(await start(nextStart).ended);
      starts++;
      // The flusher that a command left may have what the next start would have sent.
      if (settings.client === "cli") await until(() => store.stored.length >= settings.events, flusherMs);
    } while (store.stored.length < settings.events && starts < maxStarts);
    const account = accountFor({ events: settings.events, taken: collector.taken, stored: store.stored });
    const killed = settings.end === "kill" || killWhen !== undefined;
    return {
      first,
      next,
      starts,
      storedByFirst,
      account,
      requests: collector.requests,
      events: store.events,
      broken: (closeMs) => [
        ...brokenByEvents(account),
        ...broken("first process", first, { closeMs, killed }),
        ...broken("next start", next, { closeMs: Number.POSITIVE_INFINITY }),
      ],
    };
  } finally {
    await collector.close();
    removeFolder(home);
  }
}

function toProcess(run: ProgramRun<IntakeProgramReport>): ProcessOfTrial {
  const { reports, stderr, code, signal, elapsedMs } = run;
  const report = reports.at(-1);
  return {
    stderr,
    code,
    signal,
    elapsedMs,
    report,
    ledger: report?.ledger,
    closeMs: report?.closeMs,
    unhandledRejections: report?.unhandledRejections ?? 0,
  };
}

function broken(who: string, end: ProcessEnd, bounds: ProcessBounds): readonly string[] {
  return brokenByProcess(end, bounds).map((line) => `${who}: ${line}`);
}

/** Waits until something is so, or for the time. */
async function until(condition: () => boolean, forMs: number = patientMs): Promise<void> {
  const deadline = performance.now() + forMs;
  while (!condition() && performance.now() < deadline) await sleep(10);
}
