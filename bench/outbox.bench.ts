/**
 * What an event costs on its way through a client and an outbox to a transport that takes everything, for 10 thousand
 * events and for a million; and what a million events leave in memory when the transport is dead.
 */
import { spawnSync } from "node:child_process";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createClient, createMemoryStore, createOutbox, type Transport } from "@activity/core";
import { measure } from "./support/measure.ts";
import { createReport } from "./support/report.ts";
import { common, installId, type SampleCall, sampleCalls, service } from "./support/sample-events.ts";

const million = 1_000_000;
const capMb = 16;
const report = createReport({ kind: "bench", name: "outbox" });

const draining: Transport = {
  limits: { maxEvents: 500, maxBytes: 524_288, inFlight: 4, perLane: 4 },
  send: async ({ bytes }) => {
    received += bytes.length;
    return { kind: "delivered" };
  },
  close: async () => undefined,
};
let received = 0;

// The same varied thousand calls over and over: a million different objects would measure the collector.
const calls = sampleCalls(1_000, 1);
const items: readonly SampleCall[] = Array.from(
  { length: million },
  (_, index) => calls[index % calls.length] as SampleCall,
); // One of them.
const measured = await measure(
  [
    { name: "1 M events, one outbox", run: (all) => drain(all) },
    {
      name: "10 k events, a hundred outboxes",
      run: async (all) => {
        for (let from = 0; from < all.length; from += 10_000) await drain(all.slice(from, from + 10_000));
      },
    },
  ],
  { items: () => items, rounds: 5, warmUpRounds: 1 },
);
report.arms(measured);
report.note(`${Math.round(received / 1e6)} MB reached the transport`);
report.figure(
  "ratio_of_1m_to_10k",
  measured.ratio("1 M events, one outbox", "10 k events, a hundred outboxes", "cpuUs"),
);
report.figure("cpu_us", measured.arm("1 M events, one outbox").cpuUs);

const memory = [0, 1, 2].map(() => ({ empty: peakRssMb("empty"), dead: peakRssMb("dead") }));
const above = memory.map(({ empty, dead }) => dead - empty - capMb).sort((a, b) => a - b);
report.note(
  `peak RSS in MB, empty → a million recorded with a dead transport: ${memory.map(({ empty, dead }) => `${Math.round(empty)} → ${Math.round(dead)}`).join(", ")}`,
);
report.figure("rss_above_empty_and_cap_mb", {
  min: above[0] ?? 0,
  median: above[1] ?? 0,
  max: above[2] ?? 0,
});
report.end();

async function drain(all: readonly SampleCall[]): Promise<void> {
  const sink = createOutbox(draining, createMemoryStore(), { lingerMs: 5 });
  const client = createClient({ sink, service, installId, isDev: false, attributes: common });
  for (let index = 0; index < all.length; index++) {
    const { name, attributes } = all[index] as SampleCall; // Below its length.
    client.track(name, attributes);
    if (index % 1_000 === 999) await setImmediate();
  }
  const { delivered, pending, dropped } = await client.close();
  if (delivered < all.length || pending + dropped > 0)
    throw new Error(`${delivered} of ${all.length} delivered, ${dropped} dropped`);
}

function peakRssMb(mode: "empty" | "dead"): number {
  const child = fileURLToPath(new URL("support/dead-transport.ts", import.meta.url));
  const { stdout, stderr, status } = spawnSync(process.execPath, [child, mode], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the process that measures memory failed: ${stderr}`);
  return Number(stdout);
}
