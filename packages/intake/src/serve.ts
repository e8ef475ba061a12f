import type { Sink } from "@activity/core";
import { systemClock } from "@activity/core";
import type { ProxyProblemHandler } from "@activity/proxy";
import { fileSink } from "@activity/spool";
import type { Intake } from "./create-intake.ts";
import { createIntake } from "./create-intake.ts";
import type { IntakeSettings } from "./intake-settings.ts";
import { isLoopback } from "./loopback.ts";
import { storedIds } from "./stored-ids.ts";

/** What the command prints to, and what ends it. */
export interface ServeContext {
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
  /** Resolves when the intake is to stop. */
  readonly stopped: Promise<unknown>;
}

/** How often one kind of problem is printed at most. */
const quietMs = 1_000;

/** Runs an intake until it is told to stop; everything that was answered with 202 is safe when it returns. */
export async function serve(settings: IntakeSettings, context: ServeContext): Promise<void> {
  const { host, port, writeKeys, allowedOrigins, target } = settings;
  const onProblem = printSometimes(context.printError);
  const sink = await openSink(settings);
  sink.onProblem = onProblem;
  const intake: Intake = createIntake({
    sink,
    ack: target.kind === "kafka" ? "delivered" : "durable",
    writeKeys,
    host,
    port,
    allowedOrigins,
    knownIds: target.kind === "files" ? storedIds(target.directory) : undefined,
    onProblem,
  });
  const address = await intake.listen().catch(async (error: unknown) => {
    await intake.close({ graceMs: 0 });
    throw error;
  });
  context.print(`activity-intake listens on ${address}`);
  context.print(describeTarget(settings));
  if (writeKeys.length === 0) context.print("no write keys: everybody on this machine may send");
  await context.stopped;
  // Nobody balances load over a loopback address.
  const { recorded, pending, dropped } = await intake.close({ graceMs: isLoopback(host) ? 0 : 5_000 });
  context.print(`activity-intake stopped: ${recorded} event(s) taken, ${pending + dropped} not confirmed`);
}

async function openSink({ target }: IntakeSettings): Promise<Sink> {
  if (target.kind === "files") return fileSink({ directory: target.directory });
  // Loaded only where it is used.
  const { kafkaSink } = await import("@activity/sink-kafka");
  return kafkaSink({ brokers: [...target.brokers], topic: target.topic });
}

function describeTarget({ target }: IntakeSettings): string {
  return target.kind === "kafka"
    ? `events go to the topic ${target.topic} and are answered when Kafka has them`
    : `events go to NDJSON files in ${target.directory} and are answered when they are on disk`;
}

/** A problem that repeats with every request must not fill the log. */
function printSometimes(print: (line: string) => void): ProxyProblemHandler & ((problem: Told) => void) {
  const last = new Map<string, number>();
  return ({ code, message }: Told) => {
    const now = systemClock.monotonic();
    if (now - (last.get(code) ?? Number.NEGATIVE_INFINITY) < quietMs) return;
    last.set(code, now);
    print(`activity-intake: ${code}: ${message}`);
  };
}

/** What problems of proxies and of sinks have in common. */
interface Told {
  readonly code: string;
  readonly message: string;
}
