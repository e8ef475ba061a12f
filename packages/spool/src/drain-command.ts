import { closeSync, fdatasyncSync, openSync, readdirSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { LedgerSnapshot, Sink, Transport } from "@activity/core";
import { createOutbox, defaultLimits, systemClock } from "@activity/core";
import type { CommandOutput } from "./command-output.ts";
import { readSegments } from "./read-segments.ts";
import { parseSegmentName } from "./segment-name.ts";
import { openSpoolFolder } from "./spool-store.ts";

/** Where drained events go: to a file, to standard output, or to an intake. */
export interface DrainTarget {
  readonly out?: string | undefined;
  readonly to?: string | undefined;
  /** The variable that holds the write key. */
  readonly writeKeyEnv?: string | undefined;
}

/** How long an intake may take for everything. */
const patientMs = 60_000;

/**
 * Delivers what waits in a directory of spools and whom nobody writes or sends any more; gives the exit code.
 * An event leaves its spool when it is on disk in the file, was taken by standard output, or was confirmed by
 * the intake.
 */
export async function drain(directory: string, target: DrainTarget, output: CommandOutput): Promise<number> {
  const tell = (message: string): void => output.printError(`activity-spool: ${message}`);
  const ledgers =
    target.to === undefined
      ? await drainToLines(directory, target.out, output)
      : [await drainToIntake(directory, { ...target, to: target.to })];
  const sum = (of: (ledger: LedgerSnapshot) => number): number =>
    ledgers.reduce((total, ledger) => total + of(ledger), 0);
  const [delivered, rejected, dropped, left] = [
    sum((ledger) => ledger.delivered),
    sum((ledger) => ledger.rejected),
    sum((ledger) => ledger.dropped),
    sum((ledger) => ledger.handedOver + ledger.pending),
  ];
  tell(`${delivered} event(s) delivered, ${rejected} refused, ${dropped} damaged, ${left} left`);
  const elsewhere = target.to === undefined ? 0 : (await count(directory)) - left;
  if (elsewhere > 0)
    tell(
      `${elsewhere} event(s) wait here for another address or key than this one, or belong to a program that runs`,
    );
  // Whoever names an address for which there is nothing has probably named the wrong one.
  const missed = elsewhere > 0 && sum((ledger) => ledger.adopted) === 0;
  return rejected + dropped + left === 0 && !missed ? 0 : 1;
}

async function count(directory: string): Promise<number> {
  let events = 0;
  for await (const _ of readSegments(directory)) events++;
  return events;
}

async function drainToLines(
  directory: string,
  out: string | undefined,
  output: CommandOutput,
): Promise<readonly LedgerSnapshot[]> {
  const fd = out === undefined ? undefined : openSync(out, "a", 0o600);
  const ledgers: LedgerSnapshot[] = [];
  try {
    for (const folder of spoolsIn(directory)) {
      const failure: { cause?: unknown } = {};
      const transport: Transport = {
        limits: { ...defaultLimits.batch, inFlight: 1, perLane: 1 },
        send: async ({ bytes }) => {
          try {
            if (fd === undefined) await output.write(bytes);
            else writeWhole(fd, bytes);
            return { kind: "delivered" };
          } catch (cause) {
            failure.cause = cause;
            return { kind: "retry", reason: { code: "not_written" }, scope: "destination" };
          }
        },
        close: async () => undefined,
      };
      const sink = createOutbox(
        transport,
        openSpoolFolder(folder, () => undefined),
        { lingerMs: 0 },
      );
      sink.onProblem = () => undefined;
      ledgers.push(await settle(sink, () => failure.cause !== undefined));
      if (failure.cause !== undefined) throw failure.cause;
    }
    return ledgers;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

async function drainToIntake(
  directory: string,
  { to, writeKeyEnv }: DrainTarget & { readonly to: string },
): Promise<LedgerSnapshot> {
  const writeKey = writeKeyEnv === undefined ? undefined : process.env[writeKeyEnv];
  if (writeKeyEnv !== undefined && !writeKey) throw new Error(`${writeKeyEnv} is not set in the environment`);
  const { intakeSink } = await importIntakeSink();
  const sink = intakeSink({ url: to, directory, writeKey, lingerMs: 0, onProblem: () => undefined });
  const until = systemClock.monotonic() + patientMs;
  return settle(sink, () => systemClock.monotonic() > until);
}

/** Waits until nothing is pending any more, or `enough` says so. */
async function settle(sink: Sink, enough: () => boolean): Promise<LedgerSnapshot> {
  while (sink.stats().pending > 0 && !enough()) await systemClock.sleep(5);
  return sink.close();
}

function writeWhole(fd: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
  fdatasyncSync(fd);
}

/** The directory itself where it is a spool, else the spools in it. */
function spoolsIn(directory: string): readonly string[] {
  const entries = readdirSync(directory, { withFileTypes: true });
  if (entries.some(({ name }) => parseSegmentName(name) !== undefined)) return [directory];
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(directory, name));
}

/** What is used of `@activity/sink-intake`. */
interface IntakeSinkModule {
  intakeSink(options: {
    readonly url: string;
    readonly directory: string;
    readonly writeKey: string | undefined;
    readonly lingerMs: number;
    readonly onProblem: () => void;
  }): Sink;
}

/** That package stands above this one, and is there only where somebody installed it: beside us, or in the project. */
async function importIntakeSink(): Promise<IntakeSinkModule> {
  const name = "@activity/sink-intake";
  try {
    return (await import(name)) as IntakeSinkModule; // Released together with this package.
  } catch {
    try {
      const path = createRequire(join(process.cwd(), "package.json")).resolve(name);
      return (await import(pathToFileURL(path).href)) as IntakeSinkModule; // As above.
    } catch (cause) {
      throw new Error(`--to needs ${name}: install it here, or write to a file with --out`, { cause });
    }
  }
}
