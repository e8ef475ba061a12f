/** A tab of a real browser with this package in it, and the collector that it posts to. */
import { setTimeout as sleep } from "node:timers/promises";
import type { BrowserContext, Chromium, Page, Tab } from "../../../e2e/support/chromium.ts";
import type * as activityPackage from "../src/index.ts";
import { bundleSplit, laterPath } from "./bundle.ts";
import type { Collector } from "./collector.ts";
import { startCollector } from "./collector.ts";

declare global {
  /** The package, as the page of a trial sees it. */
  var activity: typeof activityPackage;
  /** The client that a trial made. */
  var client: activityPackage.BrowserClient;
}

export interface Trial {
  readonly collector: Collector;
  readonly context: BrowserContext;
  /** Opens a tab with the package in it. */
  open(path?: string): Promise<Tab>;
  /** Waits until so many events have arrived, and returns their names in order. */
  arrived(count: number): Promise<readonly string[]>;
  stop(): Promise<void>;
}

const html = `<!doctype html><title>A page</title><script type="module" src="/activity.js"></script><h1>A page</h1>`;
let files: ReturnType<typeof bundleSplit> | undefined;

/** Starts a collector, and a browser context of its own. */
export async function startTrial(chromium: Chromium): Promise<Trial> {
  files ??= bundleSplit(`import * as activity from "./src/index.ts"; globalThis.activity = activity;`);
  const [collector, context, { atOnce, later }] = await Promise.all([
    startCollector(),
    chromium.newContext(),
    files,
  ]);
  for (const path of ["/", "/other", "/docs/start"])
    collector.pages.set(path, { type: "text/html", body: html });
  collector.pages.set("/activity.js", { type: "text/javascript", body: atOnce.text });
  collector.pages.set(laterPath, { type: "text/javascript", body: later.text });
  collector.pages.set("/favicon.ico", { type: "image/x-icon", body: "" });
  return {
    collector,
    context,
    open: async (path = "/") => {
      const tab = await chromium.newTab(context);
      await tab.page.goto(`${collector.origin}${path}`);
      return tab;
    },
    arrived: async (count) => {
      await until(
        () => collector.events.length >= count,
        () => `${collector.events.length} of ${count} events arrived`,
      );
      return collector.events.map(({ event_name }) => event_name);
    },
    stop: async () => {
      await context.close();
      await collector.stop();
    },
  };
}

/** Makes `client` in a page, with consent unless the options say otherwise, and waits until what sends is there. */
export async function makeClient(page: Page, options: Record<string, unknown> = {}): Promise<void> {
  await startClient(page, options);
  if (!("consent" in options)) await page.waitForFunction(() => client.stats().canSend);
}

/** The same, and does not wait. */
export async function startClient(page: Page, options: Record<string, unknown> = {}): Promise<void> {
  await page.evaluate((given) => {
    globalThis.client = activity.createBrowserClient({
      url: "/v1/events",
      service: { name: "shop", version: "1.4.0" },
      consent: "granted",
      onProblem: () => undefined,
      ...given,
    });
  }, options);
}

/** Waits for a condition with a bound. */
export async function until(isSo: () => boolean, describe: () => string, withinMs = 60_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`in vain for ${withinMs} ms: ${describe()}`);
    await sleep(10);
  }
}
