/**
 * A client on a spool. Says `ready` when its events are recorded and, if asked to, delivered; then waits to be killed.
 * Arguments: directory, events, `held` or `delivered`, how events are written, how many the spool holds.
 */
import { createClient, createOutbox } from "@activity/core";
import { createSpoolStore } from "../src/index.ts";

const [directory = "", count = "0", fate = "held", write = "event", maxEvents = ""] = process.argv.slice(2);
const verdict =
  fate === "held"
    ? ({ kind: "retry", reason: { code: "down" }, scope: "destination" } as const)
    : ({ kind: "delivered" } as const);
const sink = createOutbox(
  {
    limits: { maxEvents: 10, maxBytes: 100_000, inFlight: 1, perLane: 1 },
    send: async () => verdict,
    close: async () => undefined,
  },
  createSpoolStore({
    directory,
    destination: "test",
    write: write as "event", // As the test says.
    ...(maxEvents === "" ? {} : { maxEvents: Number(maxEvents), segmentBytes: 1_000 }),
  }),
  { lingerMs: 0, onProblem: () => undefined },
);
const client = createClient({ sink });
for (let n = 0; n < Number(count); n++) client.track("step", { n });
// Nothing is delivered while it records; what it wrote in the last tick is on disk after this.
await (fate === "held" ? Promise.resolve() : client.flush());
console.log("ready");
setInterval(() => undefined, 60_000);
