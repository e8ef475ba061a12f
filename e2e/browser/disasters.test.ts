/** Every kind of disaster once. How often each was survived in a row: `npm run soak -- browser`. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Chromium } from "../support/chromium.ts";
import { startChromium } from "../support/chromium.ts";
import { disasters } from "./disasters.ts";
import { ourSdk, type Sdk } from "./sdk.ts";
import { runDisaster } from "./world.ts";

let chromium: Chromium;
let product: Sdk;
beforeAll(async () => {
  [chromium, product] = await Promise.all([startChromium(), ourSdk()]);
});
afterAll(() => chromium.stop());

describe("a page's events survive", () => {
  // One at a time: several in one browser slow each other down until tabs that close are cut off.
  it.each(disasters)("$name", async (disaster) => {
    const outcome = await runDisaster(disaster, product, { chromium, arriveMs: 90_000, settleMs: 500 });
    const { recorded, arrived, repeats, duplicated, complaints } = outcome;
    const wanted = disaster.mustArrive?.(recorded) ?? recorded;
    expect({ arrived, repeats, duplicated, complaints }).toEqual({
      arrived: disaster.mustArrive === undefined ? wanted : expect.any(Number),
      repeats: 0,
      duplicated: 0,
      complaints: [],
    });
    expect(arrived).toBeGreaterThanOrEqual(wanted);
  });
});
