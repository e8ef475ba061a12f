/**
 * A process that records events and delivers them to a collector; prints what it cost. Arguments: mode (`spool`, `tick`,
 * `memory` or `empty`), events, address of the collector, directory of the spool.
 */
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { createClient, createOutbox, defaultLimits } from "@activity/core";
import { intakeSink, intakeTransport } from "@activity/sink-intake";
import { createSpoolStore } from "@activity/spool";
import { common, installId, type SampleCall, sampleCalls, service } from "./sample-events.ts";

const [mode = "empty", events = "0", url = "", directory = ""] = process.argv.slice(2);
const count = Number(events);
const calls = sampleCalls(1_000, 1);

if (mode !== "empty") {
  const client = createClient({ sink: openSink(), service, installId, isDev: false, attributes: common });
  for (let index = 0; index < count; index++) {
    const { name, attributes } = calls[index % calls.length] as SampleCall; // Below its length.
    client.track(name, attributes);
    // A service records in small runs of code, and delivery goes on between them.
    if (index % 100 === 99) await setImmediate();
    // What memory cannot hold would be dropped, and cost nothing.
    if (index % 2_000 === 1_999) while (client.stats().pending > 6_000) await sleep(2);
  }
  const { delivered, dropped, pending, handedOver } = await client.close({ timeoutMs: 60_000 });
  if (delivered !== count + 1)
    throw new Error(`${delivered} delivered, ${dropped + pending + handedOver} not`);
}
const { user, system } = process.cpuUsage();
console.log(JSON.stringify({ cpuUs: user + system, rssMb: process.resourceUsage().maxRSS / 1_024 }));

function openSink() {
  if (mode !== "tick") return intakeSink({ url, directory, mode: mode === "memory" ? "memory" : "spool" });
  const store = createSpoolStore({ directory, destination: url, write: "tick" });
  return createOutbox(intakeTransport({ url, maxInFlight: 1 }), store, {
    lingerMs: defaultLimits.batch.lingerMs,
  });
}
