/** One run of a disaster: a site, a browser's context, and the marks of the events that its pages recorded. */
import { setTimeout as sleep } from "node:timers/promises";
import type { EventObject } from "@activity/core";
import type { BrowserContext, Chromium, Page } from "../support/chromium.ts";
import { startChromium } from "../support/chromium.ts";
import type { Sdk } from "./sdk.ts";
import type { Site } from "./site.ts";
import { markOf, startSite } from "./site.ts";

export interface World {
  readonly site: Site;
  readonly context: BrowserContext;
  /** Marks of everything that was recorded so far. */
  readonly recorded: readonly string[];
  /** Opens a tab and waits until its SDK is there. */
  open(path?: string): Promise<Page>;
  /** Records events in a tab, all in one task of the page; code that the same task runs afterwards may follow. */
  track(page: Page, count: number, afterwards?: string): Promise<void>;
  /** Sends SIGKILL to the whole browser and starts it again over the same profile. Only in a world of its own browser. */
  crash(): Promise<void>;
}

/** What a run showed. */
export interface Outcome {
  readonly recorded: number;
  readonly arrived: number;
  /** Events that were taken again after they had been taken. */
  readonly repeats: number;
  /** Repeats of events whose answers had been lost: nobody could know that they had arrived. */
  readonly excusedRepeats: number;
  /** Events that came out of the proxy twice, or came with two ids. Nothing for SDKs that do not use it. */
  readonly duplicated: number;
  /** What arrived, for what else a disaster asks. */
  readonly events: readonly EventObject[];
  /** Marks that did not arrive. */
  readonly missing: readonly string[];
}

/** A disaster drives a world to where everything should have arrived, or throws when it did not take place. */
export interface Disaster {
  readonly name: string;
  /** Also told of other SDKs. */
  readonly forPeers: boolean;
  /** Needs a browser of its own, since it is killed. */
  readonly ownBrowser?: boolean;
  /** Takes half a minute and more: what must be waited for takes so long. @defaultValue false */
  readonly isLong?: boolean;
  readonly run: (world: World) => Promise<void>;
  /** What else must hold of what arrived; returns what does not. */
  readonly check?: (outcome: Outcome, world: World) => readonly string[];
  /** How many of the recorded events must arrive. @defaultValue all */
  readonly mustArrive?: (recorded: number) => number;
}

/** Bounds of the wait for events that should arrive, and of the wait for repeats that should not. */
export interface Patience {
  readonly arriveMs: number;
  readonly settleMs: number;
}

/** Runs a disaster once and says what became of its events. */
export async function runDisaster(
  disaster: Disaster,
  product: Sdk,
  { chromium, arriveMs, settleMs }: Patience & { readonly chromium: Chromium },
): Promise<Outcome & { readonly complaints: readonly string[] }> {
  const site = await startSite(product);
  let own = disaster.ownBrowser ? await startChromium() : undefined;
  const context = own?.context ?? (await chromium.newContext());
  const recorded: string[] = [];
  const world: World = {
    site,
    get context() {
      return own?.context ?? context;
    },
    recorded,
    open: async (path = "/") => {
      const page = await world.context.newPage();
      await page.goto(`${site.origin}${path}`);
      await page.waitForFunction(isReady);
      return page;
    },
    track: async (page, count, afterwards = "") => {
      const marks = Array.from({ length: count }, (_, n) => markOf(recorded.length + n));
      recorded.push(...marks);
      await page.evaluate(
        ([all, code]) => {
          for (const mark of all) sdk.track(mark);
          // Part of the same task, which ends the page perhaps.
          // biome-ignore lint/security/noGlobalEval: the test's own code.
          if (code !== "") globalThis.eval(code);
        },
        [marks, afterwards] as const,
      );
    },
    crash: async () => {
      if (own === undefined) throw new Error("this disaster has no browser of its own to kill");
      const { profile } = own;
      await own.kill();
      own = await startChromium({ profile });
    },
  };
  try {
    await disaster.run(world);
    const wanted = disaster.mustArrive?.(recorded.length) ?? recorded.length;
    await until(() => arrivedOf(site, recorded).length >= wanted, arriveMs);
    await sleep(settleMs);
    const outcome = countUp(site, recorded);
    return { ...outcome, complaints: disaster.check?.(outcome, world) ?? [] };
  } finally {
    await (own?.stop() ?? context.close());
    await site.stop();
  }
}

function arrivedOf(site: Site, recorded: readonly string[]): readonly string[] {
  return recorded.filter((mark) => site.taken.has(mark));
}

/** Accounts for every mark. */
export function countUp(
  site: Pick<Site, "taken" | "unanswered" | "arrived">,
  recorded: readonly string[],
): Outcome {
  let repeats = 0;
  let excusedRepeats = 0;
  for (const mark of recorded) {
    const again = Math.max(0, (site.taken.get(mark) ?? 0) - 1);
    if (site.unanswered.has(mark)) excusedRepeats += again;
    else repeats += again;
  }
  const events = site.arrived;
  const marked = events.filter(({ mark }) => typeof mark === "string");
  return {
    recorded: recorded.length,
    arrived: recorded.filter((mark) => site.taken.has(mark)).length,
    repeats,
    excusedRepeats,
    duplicated: marked.length - new Set(marked.map(({ mark }) => mark)).size,
    events,
    missing: recorded.filter((mark) => !site.taken.has(mark)),
  };
}

/** Waits for a condition with a bound; resolves whether it holds or not. */
export async function until(isSo: () => boolean, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (!isSo()) {
    if (performance.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}

/** In a page: whether its SDK is there, and with it what it loads later. */
export function isReady(): boolean {
  return "sdk" in globalThis && sdk.client?.stats().canSend !== false;
}
