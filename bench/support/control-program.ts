/** A program that makes as many events as it is told, writes each as JSON and forgets it: what its engine needs without us. */
import { setImmediate } from "node:timers/promises";
import { sampleAttributes } from "../../e2e/failures/support/sample-attributes.ts";

/** What the program says. */
export interface ControlReport {
  readonly peakRssMb: number;
  /** Of the last event, so that none is left out. */
  readonly chars: number;
}

const { events } = JSON.parse(process.argv[2] ?? "{}") as { readonly events: number }; // From the soak test.
let chars = 0;
for (let n = 1; n <= events; n++) {
  chars = JSON.stringify(sampleAttributes(n)).length;
  if (n % 2_000 === 0) await setImmediate();
}
const said: ControlReport = { peakRssMb: process.resourceUsage().maxRSS / 1_024, chars };
console.log(JSON.stringify(said));
