/** From an empty folder: `npx` of what is published, the address, an event, and the event on the page. */
import { readdirSync } from "node:fs";
import { afterAll, expect, it } from "@jest/globals";
import type { Chromium } from "../support/chromium.ts";
import { startChromium } from "../support/chromium.ts";
import { countIds } from "./support/intake-process.ts";
import { postEvents } from "./support/load.ts";
import type { NpxIntake } from "./support/npx-start.ts";
import { startByNpx } from "./support/npx-start.ts";

let chromium: Chromium | undefined;
let intake: NpxIntake | undefined;
afterAll(async () => {
  await chromium?.stop();
  await intake?.stop();
});

it("shows the first event", async () => {
  [intake, chromium] = await Promise.all([startByNpx(), startChromium()]);
  expect(intake.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1\/events$/);
  const { page } = await chromium.newTab();
  await page.goto(intake.page);
  await page.getByText("Questions in SQL need DuckDB: npm install @duckdb/node-api").waitFor();
  expect((await postEvents(intake.url, ["first.1"])).status).toBe(202);
  await page.locator("#event-list li", { hasText: "first.1" }).waitFor();
  const { folder } = intake;
  expect(readdirSync(folder)).toEqual(["activity-data"]);
  expect(await countIds(`${folder}/activity-data`)).toEqual(new Map([["first.1", 1]]));
}, 600_000);
