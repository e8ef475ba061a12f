/**
 * The control: the same intake, and an event sent as most programs send one: build it, POST it, forget it.
 * Runs until it is told to stop, then prints how many it sent.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { controlService } from "./paths.ts";

const url = process.env["INTAKE_URL"] ?? "";
const intervalMs = Number(process.env["WORK_INTERVAL_MS"] ?? 100);
let stopping = false;
process.once("SIGTERM", () => (stopping = true));

let sent = 0;
while (!stopping) {
  sent++;
  const event = {
    event_id: randomUUID(),
    event_time: new Date().toISOString(),
    event_type: "behavioral",
    event_name: "page_view",
    service_name: controlService,
    n: sent,
  };
  fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${process.env["WRITE_KEY"] ?? ""}`,
    },
    body: JSON.stringify(event),
  }).catch(() => undefined); // As most programs do.
  process.send?.({ recorded: sent, repeats: 0 });
  await sleep(intervalMs);
}
await sleep(500); // For the last one to get through.
console.log(`control sent ${sent}`);
process.exit(0);
