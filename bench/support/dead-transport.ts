/** A process that records a million events while its transport never answers; prints its peak RSS in MB. `empty` records none. */
import { setImmediate } from "node:timers/promises";
import { createClient, createMemoryStore, createOutbox } from "@activity/core";
import { common, installId, type SampleCall, sampleCalls, service } from "./sample-events.ts";

const count = process.argv[2] === "empty" ? 0 : 1_000_000;
const calls = sampleCalls(1_000, 1);
const sink = createOutbox(
  {
    limits: { maxEvents: 500, maxBytes: 524_288, inFlight: 4, perLane: 4 },
    send: (_, signal) =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => resolve({ kind: "retry", reason: { code: "aborted" } }));
      }),
    close: async () => undefined,
  },
  createMemoryStore({ maxEvents: Number.MAX_SAFE_INTEGER, maxBytes: 16 * 1_048_576 }),
);
let drops = 0;
const client = createClient({
  sink,
  service,
  installId,
  attributes: common,
  onProblem: ({ code, count: events = 0 }) => {
    if (code === "dropped") drops += events;
  },
});
for (let index = 0; index < count; index++) {
  const { name, attributes } = calls[index % calls.length] as SampleCall; // One of them.
  client.track(name, attributes);
  if (index % 1_000 === 999) await setImmediate();
}
const { recorded, delivered, pending, dropped } = await client.close({ timeoutMs: 100 });
if (recorded < count || delivered + pending + dropped !== recorded || drops !== dropped) {
  throw new Error(
    `recorded ${recorded}, delivered ${delivered}, pending ${pending}, dropped ${dropped}, told ${drops}`,
  );
}
process.stdout.write(String(process.resourceUsage().maxRSS / 1_024));
process.exit(0);
