/** The client in a page of an application, which puts it on `globalThis` as `activity`. */
import type { ClientStats } from "@activity/core";
import type { Page } from "../../support/chromium.ts";

export async function statsOf(page: Page): Promise<ClientStats> {
  return (await page.evaluate("activity.stats()")) as ClientStats; // By the client's own type.
}

/** Ends the client as an application does that ends cleanly: sends what waits and says what is left. */
export async function closeClient(page: Page): Promise<ClientStats> {
  return (await page.evaluate("activity.close({ timeoutMs: 60_000 })")) as ClientStats;
}

/** Records what is no event; returns how many of the three the client refused. */
export async function misuseClient(page: Page): Promise<number> {
  const { refused: before } = await statsOf(page);
  await page.evaluate(`
    activity.track("");
    activity.record("log", "  ");
    activity.record("", "nameless_type");
  `);
  return (await statsOf(page)).refused - before;
}

/** Records 20 events at once, and says what waits in that moment: nothing of them has been sent. */
export async function recordAtLast(page: Page): Promise<ClientStats> {
  const script = `
    for (let n = 1; n <= 20; n++) activity.recordMetric("at_last", n);
    activity.stats();
  `;
  return (await page.evaluate(script)) as ClientStats; // By the client's own type.
}
