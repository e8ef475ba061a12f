/**
 * A process on a spool that is killed at a random point: records events, and delivers by appending to a file. Writes one
 * byte to its output for each event that `track` returned for. Arguments: directory, number of the process.
 */
import { appendFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { createClient, createOutbox } from "@activity/core";
import { createSpoolStore } from "@activity/spool";

const [directory = "", number = "0"] = process.argv.slice(2);
const arrived = join(directory, "arrived.ndjson");
const store = createSpoolStore({
  directory: join(directory, "spool"),
  destination: "soak",
  // Small, so that a kill meets files that begin, fill up, are leased and deleted.
  segmentBytes: 8_192,
  lease: { maxEvents: 20, maxBytes: 65_536 },
  onProblem: ({ count = 0, reason }) => {
    if (reason?.code === "corrupt") writeSync(2, `${count}\n`);
  },
});
const sink = createOutbox(
  {
    limits: { maxEvents: 20, maxBytes: 65_536, inFlight: 2, perLane: 2 },
    send: async ({ bytes }) => {
      appendFileSync(arrived, bytes);
      await setImmediate();
      return { kind: "delivered" };
    },
    close: async () => undefined,
  },
  store,
  { lingerMs: 5, onProblem: () => undefined },
);
const client = createClient({ sink });
const told = Buffer.from(".");
for (let n = 1; ; n++) {
  client.track("soak", { process_number: Number(number), n });
  writeSync(1, told);
  if (n % 7 === 0) await setImmediate();
}
