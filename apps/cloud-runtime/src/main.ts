/** Path 2: cloud runtime → Kafka. Metrics, billing, logs and errors of a service that has no web page. */
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@activity/sink-kafka";
import { chooseSink, readSettings } from "@activity-apps/cloud-settings";
import { work } from "./work.ts";

const activity = createClient({
  service: { name: "runtime-server", version: "1.4.0", commit: "0f3c2a9" },
  sink: chooseSink(readSettings(process.env)),
  isDev: process.env["NODE_ENV"] !== "production",
});

const stopping = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => stopping.abort());

const intervalMs = Number(process.env["WORK_INTERVAL_MS"] ?? 1_000);
for (let turn = 1; !stopping.signal.aborted; turn++) {
  work(activity, turn);
  process.send?.(activity.stats()); // For whoever watches: the demo's view.
  await sleep(intervalMs, undefined, { signal: stopping.signal }).catch(() => undefined); // Asked to end.
}

// The work is done, so nothing is recorded any more: now the events out. What Kafka does not take is billing on disk.
const left = await activity.close({ timeoutMs: 5_000 });
console.log(
  `runtime-server stopped: ${left.delivered} of ${left.recorded} delivered, ${left.pending + left.dropped} left, ${left.handedOver} wait for the next start`,
);
process.disconnect?.();
