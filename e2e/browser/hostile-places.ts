/** Pages without storage, or with storage that fails; and a server that stays away for long. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "../support/chromium.ts";
import type { Disaster, World } from "./world.ts";
import { isReady } from "./world.ts";

const awayMs = 1_500;
/** The cap, less what the client says about what it dropped. */
const keptEvents = 1_990;

/** While such a page lives all must arrive, and it says beforehand that its events are in memory. */
function inMemory(name: string, prepare: (world: World) => Promise<Page>): Disaster {
  const said: unknown[] = [];
  return {
    name,
    forPeers: false,
    run: async (world) => {
      const page = await prepare(world);
      await world.track(page, 20);
      await sleep(awayMs / 3);
      await world.site.down();
      await world.track(page, 50);
      await sleep(awayMs);
      said.push(await page.evaluate(() => sdk.client?.stats()));
      await world.site.up();
    },
    check: () => {
      const stats = said.pop();
      return JSON.stringify(stats).includes('"memory"')
        ? []
        : [`stats() does not say "memory": ${JSON.stringify(stats)}`];
    },
  };
}

export const hostilePlaces: readonly Disaster[] = [
  inMemory("a quota that is full", async (world) => {
    const page = await world.context.newPage();
    const session = await world.context.newCDPSession(page);
    await session.send("Storage.overrideQuotaForOrigin", { origin: world.site.origin, quotaSize: 1 });
    await page.addInitScript(() => {
      // What localStorage holds is bounded apart from the quota.
      Storage.prototype.setItem = () => {
        throw new DOMException("full", "QuotaExceededError");
      };
    });
    return opened(page, world);
  }),
  inMemory("IndexedDB that throws", async (world) => {
    const page = await world.context.newPage();
    await page.addInitScript(() => {
      IDBFactory.prototype.open = () => {
        throw new DOMException("blocked", "SecurityError");
      };
    });
    return opened(page, world);
  }),
  {
    name: "a sandboxed frame without storage",
    forPeers: false,
    run: async (world) => {
      const page = await world.context.newPage();
      await page.goto(`${world.site.origin}/framing`);
      const frame = page.frames().find((one) => one.url().endsWith("/framed"));
      if (frame === undefined) throw new Error("there is no frame");
      await frame.waitForFunction(isReady);
      // A frame has everything that tracking needs of a page.
      await world.track(frame as unknown as Page, 50);
    },
  },
  {
    name: "an endpoint that is away for long",
    forPeers: false,
    mustArrive: () => keptEvents,
    run: async (world) => {
      const page = await world.open();
      await world.site.down();
      for (let batch = 0; batch < 25; batch++) await world.track(page, 200);
      await sleep(awayMs);
      await page.evaluate(() => {
        document.title = JSON.stringify(sdk.client?.stats());
      });
      await world.site.up();
    },
    check: ({ missing, events }, { recorded }) => {
      const announced = events
        .filter(({ event_name }) => event_name === "events_dropped")
        .reduce((sum, { count }) => sum + Number(count), 0);
      const newest = recorded.slice(-keptEvents / 2);
      const lateOnes = newest.filter((mark) => missing.includes(mark));
      return [
        ...(announced === missing.length
          ? []
          : [`${missing.length} are missing, ${announced} were announced`]),
        ...(lateOnes.length === 0 ? [] : [`${lateOnes.length} of the newest are missing`]),
      ];
    },
  },
];

async function opened(page: Page, world: World): Promise<Page> {
  await page.goto(world.site.origin);
  await page.waitForFunction(isReady);
  return page;
}
