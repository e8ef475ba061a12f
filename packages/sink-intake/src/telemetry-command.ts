import { dirname } from "node:path";
import type { Clock } from "@activity/core";
import { quote, systemClock } from "@activity/core";
import { closestName } from "@activity/core/options";
import type { Environment } from "@activity/spool";
import { clearSpools, lineOutput, listSpools, platformDirectory, readSegments } from "@activity/spool";
import type { CliClientOptions } from "./cli-client.ts";
import { checkCliOptions, intakeOf } from "./cli-client.ts";
import type { Consent, ConsentWatch } from "./consent.ts";
import { maySend, telemetryVariable, watchConsent } from "./consent.ts";
import { writeDecision } from "./consent-file.ts";
import type { DeliveryPlan } from "./delivery-plan.ts";
import { planDelivery } from "./delivery-plan.ts";
import { readInstallId } from "./install-id.ts";
import { folderOf } from "./intake-place.ts";
import type { IntakeSinkOptions } from "./intake-sink.ts";
import { openIntake } from "./intake-sink.ts";
import type { Pause } from "./pause-file.ts";
import { readPause } from "./pause-file.ts";
import { untilDelivered } from "./until-delivered.ts";
import { whatToMend } from "./what-to-mend.ts";

/** Options of {@link runTelemetryCommand}: those of the client of the same program, and where to print. */
export interface TelemetryCommandOptions extends CliClientOptions {
  /** Takes a line for standard output. @defaultValue prints it, for as long as somebody reads */
  readonly print?: ((line: string) => void) | undefined;
  /** Takes a line for standard error. @defaultValue `console.error` */
  readonly printError?: ((line: string) => void) | undefined;
  /** How long `flush` tries, in milliseconds. @defaultValue 10,000 */
  readonly flushMs?: number | undefined;
}

const usage = `telemetry status    whether it is on, why, and what waits
telemetry enable    switches it on
telemetry disable   switches it off, and deletes what waits
telemetry show      prints what waits, exactly as it will be sent
telemetry flush     sends what waits, now
telemetry clear     deletes what waits`;

/**
 * The subcommands of `telemetry` that every program should have: `status`, `enable`, `disable`, `show`,
 * `flush` and `clear`. Takes what follows `telemetry` on the command line; gives the exit code: 0 when it
 * ended as asked, 1 when it failed or something still waits after `flush`, 2 when there is no such command.
 * Never rejects.
 *
 * @example
 * if (argv[0] === "telemetry") process.exitCode = await runTelemetryCommand(argv.slice(1), { app, intake });
 */
export async function runTelemetryCommand(
  argv: readonly string[],
  options: TelemetryCommandOptions,
): Promise<number> {
  const { printError = (line) => console.error(line) }: Partial<TelemetryCommandOptions> = options ?? {};
  const [name = "status", ...rest] = argv;
  const run = Object.hasOwn(commands, name) ? commands[name as keyof typeof commands] : undefined; // One of its own keys.
  if (run === undefined || rest.length > 0) {
    printError(run === undefined ? unknownCommand(name) : `telemetry ${name} takes no ${quote(rest[0])}`);
    printError(usage);
    return 2;
  }
  try {
    checkCliOptions("runTelemetryCommand", options);
    return await run(contextOf(options, printError));
  } catch (error) {
    printError(`telemetry ${name}: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

interface CommandContext {
  readonly app: string;
  readonly env: Environment;
  readonly clock: Clock;
  readonly variable: string | undefined;
  readonly intake: IntakeSinkOptions;
  readonly consent: ConsentWatch;
  readonly plan: DeliveryPlan;
  readonly flushMs: number;
  readonly print: (line: string) => void;
  /** Whether nobody reads what is printed any more. */
  readonly unread: () => boolean;
  readonly printError: (line: string) => void;
}

function unknownCommand(name: string): string {
  const meant = closestName(name, Object.keys(commands));
  return `there is no telemetry ${quote(name)}${meant === undefined ? "" : `; did you mean ${meant}?`}`;
}

function contextOf(options: TelemetryCommandOptions, printError: (line: string) => void): CommandContext {
  const output =
    options.print === undefined ? lineOutput(process.stdout) : { print: options.print, closed: false };
  const { app, variable, longLived = false, flusher = true, flushMs = 10_000 } = options;
  const { env = process.env, clock = systemClock } = options;
  const intake = intakeOf(options as CliClientOptions, env, clock); // As in `createCliClient`.
  const consent = watchConsent({ app, env, variable }, clock);
  const plan = planDelivery({ env, intake, longLived, flusher });
  return {
    app,
    env,
    clock,
    variable,
    intake,
    consent,
    plan,
    flushMs,
    printError,
    print: (line) => output.print(line),
    unread: () => output.closed,
  };
}

const commands = { status, enable, disable, show, flush, clear };

async function status(context: CommandContext): Promise<number> {
  const { app, env, intake, consent, plan, clock, print } = context;
  const now = consent.look();
  const folder = folderOf(intake);
  print(`telemetry is ${now.granted ? "on" : "off"}: ${reasonOf(now, context)}`);
  if (now.granted)
    print(
      `installation: ${readInstallId(platformDirectory("config", app, env), env) ?? "none, it cannot be kept"}`,
    );
  print(`sent to: ${intake.url}`);
  print(`sent by: ${now.granted ? planText(plan) : "nobody, while telemetry is off"}`);
  print(`waiting: ${await count(folder)} event(s)`);
  const others = await countOthers(folder);
  if (others > 0) print(othersText(others));
  const pause = folder === undefined ? undefined : readPause(folder, clock.now());
  if (pause !== undefined && pause.untilMs > clock.now()) print(pauseText(pause));
  const mend = pause === undefined ? undefined : whatToMend(pause);
  if (mend !== undefined) print(`last attempt: ${mend}`);
  return 0;
}

async function enable(context: CommandContext): Promise<number> {
  const { print, consent } = context;
  // Programs that were killed may have left some that they had when it was disabled.
  const before = consent.look().why === "disabled" ? clearWaiting(context) : 0;
  if (before > 0) print(`${before} event(s) from before it was disabled were deleted (consent)`);
  const now = decide(context, "enabled");
  if (now.granted) print("telemetry is on");
  else print(`telemetry stays off: ${reasonOf(now, context)}`);
  return 0;
}

async function disable(context: CommandContext): Promise<number> {
  const now = decide(context, "disabled");
  if (now.granted) {
    context.print(
      `telemetry stays on: ${reasonOf(now, context)}; nothing was deleted. Set it to off, or leave it away: then telemetry is off`,
    );
    return 0;
  }
  try {
    context.print(`telemetry is off; ${clearWaiting(context)} event(s) that waited were deleted (consent)`);
    await tellKept(context, "which drop them");
    return 0;
  } catch (cause) {
    context.print("telemetry is off"); // What could not be deleted is no reason to doubt that.
    throw cause;
  }
}

async function show({ intake, print, printError, unread }: CommandContext): Promise<number> {
  const folder = folderOf(intake);
  let shown = 0;
  for await (const text of folder === undefined ? [] : readSegments(folder)) {
    print(text);
    shown++;
    if (unread()) break;
  }
  if (shown === 0) printError("nothing waits");
  return 0;
}

async function flush(context: CommandContext): Promise<number> {
  const { consent, intake, clock, flushMs, print } = context;
  const now = consent.look();
  if (!now.granted) {
    print(`nothing is sent, telemetry is off: ${reasonOf(now, context)}`);
    return 0;
  }
  const folder = folderOf(intake);
  const pauseNow = (): Pause | undefined =>
    folder === undefined ? undefined : readPause(folder, clock.now());
  const before = pauseNow();
  const gate = { allowed: () => maySend(consent.current()), impatient: true };
  const { sink, transport } = openIntake({ ...intake, lingerMs: 0 }, gate);
  const endsAt = clock.monotonic() + flushMs;
  const enough = (): boolean => {
    const isOver = clock.monotonic() >= endsAt;
    if (transport.busy > 0) return isOver;
    const pause = pauseNow();
    // What an earlier program was told need not be so any more: only what the destination asked for is heeded.
    const heeded = pause?.asked === true || pause?.untilMs !== before?.untilMs;
    // Nor is a pause waited out by a person.
    const tooLong = (pause?.untilMs ?? 0) - clock.now() > endsAt - clock.monotonic();
    return isOver || (heeded && tooLong);
  };
  await untilDelivered(sink, enough, clock);
  if (maySend(consent.look()) === false) sink.discard?.("consent");
  const pause = pauseNow();
  const { delivered } = await sink.close({ timeoutMs: 100 });
  // Those of programs that run wait as well.
  const left = await count(folder);
  print(`${delivered} event(s) sent, ${left} still wait`);
  const mend = left === 0 || pause === undefined ? undefined : whatToMend(pause);
  if (mend !== undefined) context.printError(mend);
  const others = await countOthers(folder);
  if (others > 0) context.printError(othersText(others));
  return left === 0 ? 0 : 1;
}

async function clear(context: CommandContext): Promise<number> {
  context.print(`${clearWaiting(context)} event(s) that waited were deleted`);
  await tellKept(context, "which send them");
  return 0;
}

/** Keeps a decision; returns consent as it is then. @throws when it cannot be kept. */
function decide({ consent, clock }: CommandContext, decision: "enabled" | "disabled"): Consent {
  if (consent.path === undefined) throw new Error("there is no home directory to keep the decision in");
  writeDecision(consent.path, decision, clock.now());
  return consent.look();
}

/** Deletes what waits for any destination; what a living process holds, that process drops. */
function clearWaiting({ intake }: CommandContext): number {
  const folder = folderOf(intake);
  return folder === undefined ? 0 : clearSpools(dirname(folder));
}

/** Tells what could not be deleted, since programs have it that run. */
async function tellKept({ intake, print }: CommandContext, what: string): Promise<void> {
  const folder = folderOf(intake);
  const kept = (await count(folder)) + (await countOthers(folder));
  if (kept > 0) print(`${kept} event(s) are with programs that are running, ${what}`);
}

async function count(folder: string | undefined): Promise<number> {
  let events = 0;
  if (folder !== undefined) for await (const _ of readSegments(folder)) events++;
  return events;
}

/** What was recorded for other addresses or keys: it stays where it is until they are used again. */
async function countOthers(folder: string | undefined): Promise<number> {
  const others = folder === undefined ? [] : listSpools(dirname(folder)).filter((other) => other !== folder);
  let events = 0;
  for (const other of others) events += await count(other);
  return events;
}

function othersText(events: number): string {
  return `waiting for other addresses or keys, sent when these are used again: ${events} event(s)`;
}

function pauseText({ untilMs, failures }: Pause): string {
  const until = new Date(untilMs).toISOString();
  return `not sent before ${until}: ${failures} program(s) in a row could not send`;
}

function planText(plan: DeliveryPlan): string {
  switch (plan.kind) {
    case "detached":
      return "a process of its own, after the command";
    case "in-process":
      return `the program itself, since ${plan.why}`;
    case "next-start":
      return `the next command, since no process can be started: ${plan.why}`;
  }
}

function reasonOf({ why, since }: Consent, { app, variable, consent, env }: CommandContext): string {
  const when = since === undefined ? "" : ` on ${since.slice(0, 10)}`;
  const named = [variable, telemetryVariable].find((name) => name !== undefined && env[name]);
  const reasons: Readonly<Record<Consent["why"], string>> = {
    do_not_track: "DO_NOT_TRACK is set",
    variable: `${named} is set`,
    enabled: `it was enabled${when}`,
    disabled: `it was disabled${when}`,
    noticed: `the notice was shown${when}, and nobody has disabled it`,
    ci: "this is a build service",
    unreadable: `${consent.path} cannot be read`,
    unasked: `the notice was not shown yet; "${app} telemetry enable" switches it on`,
  };
  return reasons[why];
}
