/** Everything that can happen to a page with events in it. What each must show: all arrive by the next page, each once. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "../support/chromium.ts";
import { hostilePlaces } from "./hostile-places.ts";
import type { Disaster } from "./world.ts";
import { until } from "./world.ts";

/** How long a server stays away: several tries of a client fall into it. */
const awayMs = 1_500;
/** How long after the last event a browser may be killed: a group commit takes 50 ms. */
const committedMs = 400;

/** The seven that other SDKs are measured with, too. */
const forAll: readonly Disaster[] = [
  {
    name: "an outage, then a reload",
    forPeers: true,
    run: async (world) => {
      const page = await world.open();
      await world.site.down();
      await world.track(page, 200);
      await sleep(awayMs);
      await world.site.up();
      await page.reload();
    },
  },
  {
    name: "503 for a while, then a reload",
    forPeers: true,
    run: async (world) => {
      const page = await world.open();
      world.site.conduct = "refuses";
      await world.track(page, 200);
      await sleep(awayMs);
      world.site.conduct = "takes";
      await page.reload();
    },
  },
  {
    name: "a tab closed during an outage",
    forPeers: true,
    isLong: true,
    run: async (world) => {
      const page = await world.open();
      await world.site.down();
      await world.track(page, 200);
      await page.close();
      await sleep(awayMs);
      await world.site.up();
      await world.open();
    },
  },
  {
    name: "50 events, then the tab is closed",
    forPeers: true,
    run: async (world) => {
      const page = await world.open();
      await world.track(page, 50);
      await page.close();
      await sleep(awayMs);
      await world.open();
    },
  },
  {
    name: "50 events, then another page in the same task",
    forPeers: true,
    run: async (world) => {
      const page = await world.open();
      await world.track(page, 50, `location.href = "/next"`);
      await page.waitForURL("**/next");
    },
  },
  {
    name: "two tabs with 100 each during an outage",
    forPeers: true,
    run: async (world) => {
      const pages = [await world.open(), await world.open("/other")];
      await world.site.down();
      for (const page of pages) await world.track(page, 100);
      await sleep(awayMs);
      for (const page of pages) await page.close();
      await world.site.up();
      await world.open();
    },
  },
  {
    name: "the browser killed during an outage",
    forPeers: true,
    ownBrowser: true,
    run: async (world) => {
      const page = await world.open();
      await world.site.down();
      await world.track(page, 50);
      await sleep(committedMs);
      await page.waitForFunction(isKept, 50);
      await world.crash();
      await world.site.up();
      await world.open();
    },
  },
];

const ours: readonly Disaster[] = [
  {
    name: "300 events of more than 64 KiB, then the tab is closed",
    forPeers: false,
    run: async (world) => {
      const page = await world.open();
      await world.track(page, 300);
      await page.close();
      await sleep(awayMs);
      await world.open();
    },
  },
  {
    name: "ten tabs, all closed at once",
    forPeers: false,
    run: async (world) => {
      const pages = await Promise.all(Array.from({ length: 10 }, (_, n) => world.open(`/tab-${n}`)));
      for (const page of pages) await world.track(page, 20);
      await Promise.all(pages.map((page) => page.close()));
      await sleep(awayMs);
      await world.open();
    },
  },
  {
    name: "into the back-forward cache and back",
    forPeers: false,
    run: async (world) => {
      const page = await world.open();
      await page.evaluate(() => {
        addEventListener("pageshow", ({ persisted }) => {
          document.title = persisted ? "restored" : "loaded anew";
        });
      });
      await world.track(page, 20, `location.href = "/next"`);
      await page.waitForURL("**/next");
      await goBack(page);
      await world.track(page, 20);
    },
  },
  {
    name: "offline, then online",
    forPeers: false,
    run: async (world) => {
      const page = await world.open();
      await world.context.setOffline(true);
      await world.track(page, 50);
      await sleep(awayMs);
      await world.context.setOffline(false);
    },
  },
  {
    name: "a tab closed offline",
    forPeers: false,
    run: async (world) => {
      const page = await world.open();
      await world.context.setOffline(true);
      await world.track(page, 50);
      await page.close();
      await world.context.setOffline(false);
      await world.open();
      const soon = await until(() => world.site.taken.size >= 50, 60_000);
      if (!soon) throw new Error("the next page kept the events waiting");
    },
  },
  {
    name: "a clock that is set back a day",
    forPeers: false,
    run: async (world) => {
      const page = await world.open();
      await world.site.down();
      await world.track(page, 25);
      await page.evaluate(setClockBack);
      await world.track(page, 25);
      await sleep(awayMs);
      await world.site.up();
    },
  },
  {
    name: "a page that wraps fetch",
    forPeers: false,
    run: async (world) => {
      await world.context.addInitScript(wrapFetch);
      const page = await world.open();
      await world.track(page, 50);
      await sleep(awayMs);
      await world.track(page, 50, `location.href = "/next"`);
      await page.waitForURL("**/next");
    },
  },
  {
    name: "signing out with events that wait",
    forPeers: false,
    run: async (world) => {
      const page = await world.open();
      await page.evaluate(() => sdk.identify?.("ann"));
      await world.site.down();
      await world.track(page, 30);
      await page.evaluate(() => sdk.reset?.());
      await page.evaluate(() => sdk.identify?.("bob"));
      await world.track(page, 30);
      await sleep(awayMs);
      await world.site.up();
      await until(() => world.site.taken.size >= 30, 90_000);
      // What waits for ann must not leave while bob is there.
      const next = await world.open();
      await next.evaluate(() => sdk.reset?.());
      await next.evaluate(() => sdk.identify?.("ann"));
    },
    check: ({ events }) => {
      const users = events.filter(({ mark }) => mark !== undefined).map(({ user_id }) => user_id);
      return users.filter((user) => user === "ann").length === 30 &&
        users.filter((user) => user === "bob").length === 30
        ? []
        : [`30 of ann and 30 of bob, but ${JSON.stringify(users)}`];
    },
  },
  {
    name: "answers lost after the server took the events",
    forPeers: false,
    run: async (world) => {
      const page = await world.open();
      world.site.conduct = "loses_answers";
      await world.track(page, 50);
      const { taken, unanswered } = world.site;
      await until(() => unanswered.size > 0, 90_000);
      world.site.conduct = "takes";
      await until(() => [...unanswered].some((mark) => (taken.get(mark) ?? 0) > 1), 90_000);
    },
    check: ({ excusedRepeats }) =>
      excusedRepeats > 0 ? [] : ["the events of a lost answer were not sent again: the case did not happen"],
  },
];

/** All, in the order of the table. */
export const disasters: readonly Disaster[] = [...forAll, ...ours, ...hostilePlaces];

/** Goes one page back, and makes sure that the page is the old one and not a new one at its address. */
async function goBack(page: Page): Promise<void> {
  // Playwright's own way waits for a load that does not take place.
  await page.evaluate(() => history.back()).catch(() => undefined); // The page that is asked ends.
  const deadline = performance.now() + 60_000;
  for (;;) {
    const title = await page.title().catch(() => "");
    if (title === "restored") return;
    if (title === "loaded anew" || performance.now() > deadline)
      throw new Error(`the page did not come from the back-forward cache: its title is "${title}"`);
    await sleep(50);
  }
}

/** In a page: whether the journal holds so many events. Where it is none of ours, nobody knows. */
function isKept(count: number): Promise<boolean> {
  if (sdk.client === undefined) return Promise.resolve(true);
  return new Promise((resolve) => {
    const opening = indexedDB.open(`activity_${location.origin}/v1/events`);
    opening.onsuccess = () => {
      const counting = opening.result.transaction("events").objectStore("events").count();
      counting.onsuccess = () => resolve(counting.result >= count);
      opening.result.close();
    };
  });
}

/** In a page: its clock shows yesterday from now on. */
function setClockBack(): void {
  const RealDate = Date;
  const now = (): number => RealDate.now() - 86_400_000;
  class EarlierDate extends RealDate {
    constructor(...given: unknown[]) {
      // Whatever Date takes.
      super(...((given.length === 0 ? [now()] : given) as [number]));
    }
    static override now(): number {
      return now();
    }
  }
  globalThis.Date = EarlierDate as DateConstructor;
}

/** In a page, before everything else: a wrapper as hosts have it, which adds a header and a delay. */
function wrapFetch(): void {
  const original = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    if (init?.keepalive !== true) await new Promise((resolve) => setTimeout(resolve, 20));
    const headers = new Headers(init?.headers);
    return original(input, { ...init, headers });
  };
}

/** For tests: one disaster by its name. */
export function disasterCalled(name: string): Disaster {
  const found = disasters.find((disaster) => disaster.name === name);
  if (found === undefined) throw new RangeError(`there is no disaster "${name}"`);
  return found;
}
