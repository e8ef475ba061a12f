/** The program of a user of another maker's client: records events and ends as it is told. */
import { writeSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { sampleAttributes } from "../../e2e/failures/support/sample-attributes.ts";
import { openPeer } from "./peer-clients.ts";
import type { PeerName } from "./peer-names.ts";

/** What the program is told to do. */
export interface PeerProgramSettings {
  readonly peer: PeerName;
  readonly url: string;
  readonly events: number;
  readonly end: "close" | "none" | "exit" | "kill";
}

/** What it says when its events are recorded, and again when it ends. */
export interface PeerProgramReport {
  /** Events so far. */
  readonly recorded: number;
  readonly closeMs?: number;
  readonly peakRssMb: number;
}

const { peer, url, events, end } = JSON.parse(process.argv[2] ?? "{}") as PeerProgramSettings; // From the trial.

let closeMs: number | undefined;
let recorded = 0;
// Some clients let rejections through; they are not what is measured here.
process.on("unhandledRejection", () => undefined);
const client = await openPeer(peer, url);
process.once("exit", report);
for (let n = 1; n <= events; n++) {
  client.track(sampleAttributes(n));
  recorded = n;
  if (n % 2_000 === 0) await setImmediate();
  if (n % 10_000 === 0) report();
}
report();
if (end === "kill") process.kill(process.pid, "SIGKILL");
if (end === "exit") process.exit(0);
if (end === "close") {
  const begunAt = performance.now();
  await client.close();
  closeMs = performance.now() - begunAt;
  report();
  process.exit(0);
}

function report(): void {
  const said: PeerProgramReport = {
    recorded,
    ...(closeMs === undefined ? {} : { closeMs }),
    peakRssMb: process.resourceUsage().maxRSS / 1_024,
  };
  writeSync(1, `${JSON.stringify(said)}\n`);
}
