/** Path 6: local runtime → intake API, with the same client as the CLI. */
import { setTimeout as sleep } from "node:timers/promises";
import { createCliClient } from "@activity/sink-intake";

const activity = createCliClient({
  app: "local-runtime",
  version: "1.4.0",
  // It runs until it is told to stop, and sends by itself all the while.
  longLived: true,
  intake: {
    url: process.env["ACME_INTAKE_URL"] ?? "http://127.0.0.1:4318/v1/events",
    writeKey: process.env["ACME_WRITE_KEY"],
  },
});

let stopping = false;
for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => (stopping = true));

const intervalMs = Number(process.env["WORK_INTERVAL_MS"] ?? 1_000);
for (let turn = 1; !stopping; turn++) {
  activity.recordMetric("data_dir_size_bytes", 1_048_576 + turn * 512);
  if (turn % 3 === 0)
    activity.record("log", "model_refreshed", { level: "info", model: `model_${turn % 5}` });
  if (turn % 10 === 0)
    activity.recordError(new Error("the file is not a Parquet file"), { connector: "local_file" });
  process.send?.(activity.stats()); // For whoever watches: the demo's view.
  await sleep(intervalMs);
}

const left = await activity.close();
process.send?.(left);
console.log(
  `local-runtime stopped: ${left.delivered} of ${left.recorded} delivered, ${left.handedOver} wait for the next start`,
);
process.disconnect?.();
