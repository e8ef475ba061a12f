/** A user's program: records events, ends as it is told, and says how that went. */
import { writeSync } from "node:fs";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import type { Client, ClientStats, Problem } from "@activity/sink-intake";
import { createClient, intakeSink } from "@activity/sink-intake";
import { createCliClient } from "@activity/sink-intake/cli";
import { sampleAttributes } from "./sample-attributes.ts";

/** What the program is told to do. */
export interface IntakeProgramSettings {
  /** `service`: `createClient` over `intakeSink` with a spool · `memory`: without · `cli`: `createCliClient`. */
  readonly client: "service" | "memory" | "cli";
  readonly url: string;
  /** Of the spool; a command finds its own below its home. */
  readonly directory: string;
  readonly events: number;
  /** Flushes before it ends, for so long at most, in milliseconds. */
  readonly flushMs?: number;
  /** Lives on until what it found is sent, as a service does, for so long at most, in milliseconds. */
  readonly untilSentMs?: number;
  /** Lives on before it ends, in milliseconds. */
  readonly stayMs?: number;
  /** `none`: nothing is left to do · `exit`: `process.exit(0)` · `kill`: SIGKILL in the next statement. */
  readonly end: "close" | "none" | "exit" | "kill";
  /** @defaultValue the client's own */
  readonly closeTimeoutMs?: number;
}

/** What it says when its events are recorded, and again when it ends. */
export interface IntakeProgramReport {
  readonly ledger: ClientStats;
  /** How long `close` took, where it was called. */
  readonly closeMs?: number;
  /** Problems told, by code and reason. */
  readonly problems: readonly ToldProblem[];
  readonly unhandledRejections: number;
  readonly peakRssMb: number;
}

/** Problems of one kind. */
export interface ToldProblem {
  readonly code: Problem["code"];
  readonly reason: string;
  readonly times: number;
  /** Events that they speak of. */
  readonly count: number;
}

const {
  client,
  url,
  directory,
  events,
  flushMs,
  untilSentMs = 0,
  stayMs,
  end,
  closeTimeoutMs,
} = JSON.parse(process.argv[2] ?? "{}") as IntakeProgramSettings; // From the test that starts it.

const problems = new Map<string, ToldProblem>();
let unhandledRejections = 0;
let closeMs: number | undefined;
process.on("unhandledRejection", () => unhandledRejections++);

const activity = open();
process.once("exit", report);
for (let n = 1; n <= events; n++) {
  activity.track("checkout_start", sampleAttributes(n));
  if (n % 2_000 === 0) await setImmediate();
}
report();
if (end === "kill") process.kill(process.pid, "SIGKILL");
if (flushMs !== undefined) await activity.flush({ timeoutMs: flushMs });
const sentBy = performance.now() + untilSentMs;
while (activity.stats().pending > 0 && performance.now() < sentBy) await sleep(10);
if (stayMs !== undefined) await sleep(stayMs);
if (end === "exit") process.exit(0);
if (end === "close") {
  const begunAt = performance.now();
  await activity.close(closeTimeoutMs === undefined ? {} : { timeoutMs: closeTimeoutMs });
  closeMs = performance.now() - begunAt;
}

function open(): Client {
  const intake = { url, writeKey: "wk_1" };
  if (client === "cli") return createCliClient({ app: "trial", version: "1.0.0", intake, onProblem: note });
  const sink = intakeSink({ ...intake, directory, mode: client === "memory" ? "memory" : "auto" });
  return createClient({ service: { name: "trial", version: "1.0.0" }, sink, onProblem: note });
}

function note({ code, reason, count = 0 }: Problem): void {
  const key = `${code} ${reason?.code}`;
  const known = problems.get(key) ?? { code, reason: reason?.code ?? "", times: 0, count: 0 };
  problems.set(key, { ...known, times: known.times + 1, count: known.count + count });
}

function report(): void {
  const said: IntakeProgramReport = {
    ledger: activity.stats(),
    ...(closeMs === undefined ? {} : { closeMs }),
    problems: [...problems.values()],
    unhandledRejections,
    peakRssMb: process.resourceUsage().maxRSS / 1_024,
  };
  // Written at once: nothing runs after this.
  writeSync(1, `${JSON.stringify(said)}\n`);
}
