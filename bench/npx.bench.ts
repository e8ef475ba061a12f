/**
 * How long a stranger waits: from `npx` in an empty folder, with an empty cache, to the address, and on to the first
 * event on the page in a real Chromium. `--rounds N` (default 3).
 */

import { postEvents } from "../e2e/intake/support/load.ts";
import { startByNpx } from "../e2e/intake/support/npx-start.ts";
import { startChromium } from "../e2e/support/chromium.ts";
import { spreadOf } from "./support/measure.ts";
import { createReport } from "./support/report.ts";

const report = createReport({ kind: "bench", name: "npx" });
const at = process.argv.indexOf("--rounds");
const rounds = at < 0 ? 3 : Number(process.argv[at + 1]);
const addressSeconds: number[] = [];
const shownSeconds: number[] = [];
const chromium = await startChromium();
try {
  for (let round = 0; round < rounds; round++) {
    const intake = await startByNpx();
    const listening = performance.now();
    const { page } = await chromium.newTab();
    await page.goto(intake.page);
    await postEvents(intake.url, ["first.1"]);
    await page.locator("#event-list li", { hasText: "first.1" }).waitFor();
    addressSeconds.push(intake.seconds);
    shownSeconds.push(intake.seconds + (performance.now() - listening) / 1_000);
    await page.close();
    await intake.stop();
  }
} finally {
  await chromium.stop();
}
report.figure("seconds_to_address", spreadOf(addressSeconds));
report.figure("seconds_to_event_shown", spreadOf(shownSeconds));
report.end();
