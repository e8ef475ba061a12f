/**
 * A service that records at a steady pace whatever becomes of Kafka, and tells its parent how it is: memory, counters,
 * what it was told. `BROKERS`, `TOPIC`, `EVENTS_A_SECOND`; after `EVENTS` it records no more; with `SPOOL` its events wait
 * on disk there. It closes when its parent says so.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { LedgerSnapshot } from "@activity/core";
import { createClient, kafkaSink } from "@activity/sink-kafka";
import { common, installId, sampleCalls, service } from "./sample-events.ts";

/** What it says of itself, several times a second and when it has closed. */
export interface ServiceState {
  readonly rssMb: number;
  readonly ledger: LedgerSnapshot;
  /** Drops that `onProblem` was told of. */
  readonly toldDrops: number;
  readonly negativeTimeoutWarnings: number;
  readonly unhandledRejections: number;
  /** The most CPU time that a single call has taken. */
  readonly slowestCallMs: number;
  readonly closed: boolean;
}

const tickMs = 20;
const {
  BROKERS: brokers = "",
  TOPIC: topic = "",
  SPOOL: spool = false,
  EVENTS_A_SECOND = "5000",
} = process.env;
const events = Number(process.env["EVENTS"] ?? Number.POSITIVE_INFINITY);
const calls = sampleCalls(1_000, 3);
let toldDrops = 0;
let negativeTimeoutWarnings = 0;
let unhandledRejections = 0;
let slowestCallMs = 0;
let stopping = false;
let told = 0;

process.on("warning", ({ name }) => {
  if (name === "TimeoutNegativeWarning") negativeTimeoutWarnings++;
});
process.on("unhandledRejection", () => {
  unhandledRejections++;
});
process.on("message", () => {
  stopping = true;
});

const activity = createClient({
  sink: kafkaSink({ brokers, topic, spool }),
  service,
  installId,
  attributes: common,
  onProblem: ({ code, count = 0 }) => {
    if (code === "dropped") toldDrops += count;
  },
});
const startedAt = performance.now();
for (let n = 0; !stopping; ) {
  const due = Math.min(events, ((performance.now() - startedAt) * Number(EVENTS_A_SECOND)) / 1_000);
  for (; n < due; n++) {
    const call = calls[n % calls.length];
    const before = threadCpuMs();
    // One in ten is billing, which is the last to be given up.
    if (n % 10 === 0) activity.record("billing", "project_prod_slots", call?.attributes);
    else activity.track(call?.name ?? "login_start", call?.attributes);
    slowestCallMs = Math.max(slowestCallMs, threadCpuMs() - before);
  }
  if (told++ % 10 === 0) tell(activity.stats(), false);
  await sleep(tickMs);
}
tell(await activity.close({ timeoutMs: 60_000 }), true);
process.disconnect?.();

/** Not the time that passes: on a busy machine that says more about the others. */
function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

function tell(ledger: LedgerSnapshot, closed: boolean): void {
  const rssMb = process.memoryUsage.rss() / 1_048_576;
  const counts = { toldDrops, negativeTimeoutWarnings, unhandledRejections, slowestCallMs };
  const state: ServiceState = { rssMb, ledger, ...counts, closed };
  process.send?.(state);
}
