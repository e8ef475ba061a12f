/**
 * One of many processes on one spool: records events through an intake sink and writes one byte to its output for each
 * that `track` returned for. Arguments: address of the intake, directory of the spool, number of the process, events.
 */
import { writeSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { createClient } from "@activity/core";
import { intakeSink } from "@activity/sink-intake";

const [url = "", spool = "", number = "0", count = "0"] = process.argv.slice(2);
const client = createClient({
  sink: intakeSink({ url, directory: spool, lingerMs: 20 }),
  onProblem: () => undefined,
});
const told = Buffer.from(".");
for (let n = 1; n <= Number(count); n++) {
  client.track("shared", { process_number: Number(number), n });
  writeSync(1, told);
  // What is recorded in one go meets no delivery; this way the process dies between any two steps.
  if (n % 5 === 0) await setImmediate();
}
await client.close();
