import type { Clock, LedgerSnapshot, Sink } from "@activity/core";
import { systemClock } from "@activity/core";
import type { ProxyProblemHandler } from "@activity/proxy";
import { Admin } from "../admin/admin.ts";
import type { Intake } from "../create-intake.ts";
import { createIntake } from "../create-intake.ts";
import type { KeyFileOptions } from "../keys/key-file.ts";
import { KeyFile } from "../keys/key-file.ts";
import { isLoopback } from "../loopback.ts";
import { RefusalLog } from "../refusal-log.ts";
import type { IntakeSettings } from "../settings/intake-settings.ts";
import { DeadLetters, deadLetterDirectory } from "../storage/dead-letters.ts";
import { openSink, spoolDirectory } from "../storage/open-sink.ts";
import { prepareDirectory } from "../storage/prepare-directory.ts";
import { applyRetention } from "../storage/retention.ts";
import { storedIds } from "../storage/stored-ids.ts";
import type { CommandContext } from "./command-context.ts";
import { listenFailure } from "./listen-failure.ts";

/** How often one kind of problem is printed at most. */
const quietMs = 1_000;
const retentionEveryMs = 60_000;

/** Runs an intake until it is told to stop; everything that was answered with 202 is safe when it returns. */
export async function serve(settings: IntakeSettings, context: CommandContext): Promise<void> {
  const running = await open(settings, context);
  const stopWatching = new AbortController();
  try {
    await announce(settings, running, context);
    void keepRetention(running, settings, stopWatching.signal);
    void running.keyFile?.watch(stopWatching.signal);
    await context.stopped;
  } catch (error) {
    await close(running, 0);
    throw error;
  } finally {
    stopWatching.abort();
  }
  // Nobody balances load over a loopback address.
  const { recorded, pending, dropped, handedOver } = await close(
    running,
    isLoopback(settings.host) ? 0 : 5_000,
  );
  const left = handedOver > 0 ? `, ${handedOver} left in the spool for the next start` : "";
  context.print(
    `activity-intake stopped: ${recorded} event(s) taken${left}, ${pending + dropped} not confirmed`,
  );
}

/** The parts of an intake that runs. */
interface Running {
  readonly intake: Intake;
  readonly admin: Admin;
  /** Keys that may change while it runs. */
  readonly keyFile: KeyFile | undefined;
  readonly clock: Clock;
  readonly tell: Teller;
  readonly refusals: RefusalLog;
}

async function open(settings: IntakeSettings, context: CommandContext): Promise<Running> {
  const { host, port, writeKeys, allowedOrigins, stamp, limits, kafka, directory } = settings;
  const clock = systemClock;
  const tell = printSometimes(context.printError);
  prepareDirectory(directory);
  // Whoever opens a spool begins to empty it.
  const waiting = kafka === undefined ? undefined : await idsThatWait(directory, tell);
  const sink: Sink = await openSink(settings);
  sink.onProblem = tell;
  const letters = new DeadLetters({
    directory: deadLetterDirectory(directory),
    maxBytes: settings.maxDeadLetterBytes,
    clock,
    tell,
  });
  const keyFile = openKeyFile(settings, { clock, tell });
  const refusals = new RefusalLog(clock, context.printError);
  const admin = new Admin({ settings, clock, packageFolder: context.packageFolder });
  const intake = createIntake({
    sink,
    writeKeys: keyFile ?? writeKeys,
    host,
    port,
    allowedOrigins,
    stamp,
    limits,
    knownIds: waiting ?? storedIds(directory),
    onProblem: tell,
    onAnswer: (request) => {
      admin.onAnswer(request);
      refusals.add(request);
      if (request.rejected.length > 0) letters.keep(request.rejected, request.principal?.key.name);
    },
  });
  return { intake, admin, keyFile, clock, tell, refusals };
}

function openKeyFile(
  { keyFile: path, writeKeys }: IntakeSettings,
  rest: Pick<KeyFileOptions, "clock" | "tell">,
): KeyFile | undefined {
  if (path === undefined) return undefined;
  return new KeyFile({ path, others: writeKeys.filter((key) => typeof key === "string"), ...rest });
}

/** Starts to listen, and says where and what happens to events. */
async function announce(
  settings: IntakeSettings,
  { intake, admin, keyFile }: Running,
  { print }: CommandContext,
): Promise<void> {
  const { kafka, directory, writeKeys } = settings;
  const { host, port } = settings;
  const address = await intake.listen().catch((cause: unknown) => {
    throw listenFailure(cause, { host, port, hostVariable: "HOST", portVariable: "PORT" });
  });
  print(`activity-intake listens on ${address}`);
  const page = await admin.listen(intake, address).catch((cause: unknown) => {
    const variables = { hostVariable: "ACTIVITY_ADMIN_HOST", portVariable: "ACTIVITY_ADMIN_PORT" };
    throw listenFailure(cause, { host, port: undefined, ...settings.admin, ...variables });
  });
  if (page !== undefined) print(`live page: ${page}`);
  print(
    kafka === undefined
      ? `events go to NDJSON files in ${directory} and are answered when they are on disk`
      : `events go to the topic ${kafka.topic} and are answered when they are on disk, in ${spoolDirectory(directory)}`,
  );
  if (keyFile?.keys.length === 0)
    print(`no write keys in ${settings.keyFile}: nobody may send until one is made`);
  else if (writeKeys.length === 0) print("no write keys: everybody on this machine may send");
}

/** The page stays until the last event is safe: whoever watches sees how it ends. */
async function close({ intake, admin, refusals }: Running, graceMs: number): Promise<LedgerSnapshot> {
  const ledger = await intake.close({ graceMs });
  refusals.close();
  await admin.close();
  return ledger;
}

async function idsThatWait(directory: string, tell: Teller): Promise<AsyncIterable<string>> {
  const ids: string[] = [];
  try {
    for await (const id of storedIds(spoolDirectory(directory))) ids.push(id);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    tell({ code: "spool", message: `repeats of what waits may not be recognised: ${why}` });
  }
  return toAsync(ids);
}

async function* toAsync(ids: readonly string[]): AsyncGenerator<string> {
  yield* ids;
}

async function keepRetention(
  { clock, tell, admin }: Running,
  { directory, retention, kafka }: IntakeSettings,
  signal: AbortSignal,
): Promise<void> {
  if (kafka !== undefined || (retention.maxAgeMs ?? retention.maxBytes) === undefined) return;
  while (!signal.aborted) {
    try {
      admin.removedFiles(await applyRetention(directory, retention, clock));
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      tell({ code: "retention", message: `old files could not be removed: ${why}` });
    }
    await clock.sleep(retentionEveryMs, signal);
  }
}

/** Takes problems of proxies, sinks and of this file. */
type Teller = ProxyProblemHandler & ((problem: Told) => void);

/** What all problems have in common. */
interface Told {
  readonly code: string;
  readonly message: string;
}

/** A problem that repeats with every request must not fill the log. */
function printSometimes(print: (line: string) => void): Teller {
  const last = new Map<string, number>();
  return ({ code, message }: Told) => {
    const now = systemClock.monotonic();
    if (now - (last.get(code) ?? Number.NEGATIVE_INFINITY) < quietMs) return;
    last.set(code, now);
    print(`activity-intake: ${code}: ${message}`);
  };
}
