/** Path 1: cloud admin server → Kafka; and the server of path 3: cloud admin UI → here → Kafka. */

import { createClient } from "@activity/sink-kafka";
import { chooseSink, readSettings } from "@activity-apps/cloud-settings";
import { createAdminServer } from "./admin-server.ts";

const sink = chooseSink(readSettings(process.env));
const activity = createClient({
  service: { name: "admin-server", version: "1.4.0", commit: "0f3c2a9" },
  sink,
  isDev: process.env["NODE_ENV"] !== "production",
});

const port = Number(process.env["PORT"] ?? 8080);
const pageFolder = new URL("../../cloud-admin-ui/dist/", import.meta.url);
const server = createAdminServer({ activity, sink, port, pageFolder });
const address = await server.listen();
activity.record("log", "server_start", { level: "info" });
console.log(`admin-server listens on ${new URL(address).origin}`);
const watch = setInterval(() => process.send?.(activity.stats()), 250); // For whoever watches: the demo's view.

for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => void stop());

/** In this order: no new requests, those in flight answered, then the events out. */
async function stop(): Promise<void> {
  clearInterval(watch);
  await server.close({ graceMs: 0 });
  const left = await activity.close({ timeoutMs: 5_000 });
  console.log(
    `admin-server stopped: ${left.delivered} of ${left.recorded} delivered, ${left.pending + left.dropped} left, ${left.handedOver} wait for the next start`,
  );
  process.disconnect?.();
}
