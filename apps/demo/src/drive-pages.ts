import { setTimeout as sleep } from "node:timers/promises";
import type { Chromium, Page } from "../../../e2e/support/chromium.ts";
import { startChromium } from "../../../e2e/support/chromium.ts";
import { signOut, visitAdminPage, visitLocalPage } from "../../../e2e/support/visits.ts";
import { installedChromium } from "../../../tools/chromium.mjs";
import type { PathService } from "./paths.ts";

/** Both pages in one real browser, and somebody who uses them. */
export interface Pages {
  /** Uses both pages until {@link Pages.rest}. */
  drive(): Promise<void>;
  rest(): void;
  /** A tab of the local page is used while the network is away, and closed before anything could be sent; then a new one is opened. */
  closeOffline(): Promise<void>;
  /** What each page's client says it has recorded. */
  recorded(): Promise<readonly (readonly [PathService, number])[]>;
  /** Closes the tabs as a person would, with whatever they have not sent, and the browser a moment later. */
  close(): Promise<void>;
}

/** Opens both pages; `undefined` where there is no Chromium, unless it is needed: then it is fetched, or the error says how. */
export async function openPages(
  adminAddress: string,
  localAddress: string,
  needed: boolean,
): Promise<Pages | undefined> {
  if (!needed && installedChromium() === undefined) return undefined;
  const chromium: Chromium = await startChromium();
  const admin = (await chromium.newTab()).page;
  let local = (await chromium.newTab()).page;
  /** What the tabs that are gone had recorded. */
  let recordedBefore = 0;
  await Promise.all([admin.goto(adminAddress), local.goto(localAddress)]);
  let resting = false;

  async function repeat(page: Page, use: (page: Page) => Promise<void>): Promise<void> {
    while (!resting) {
      await use(page);
      await sleep(200);
    }
  }

  return {
    drive: async () => {
      await Promise.all([repeat(admin, visitAdmin), repeat(local, visitLocalPage)]);
    },
    rest: () => {
      resting = true;
    },
    closeOffline: async () => {
      await chromium.context.setOffline(true);
      for (const name of ["Sources", "Models", "Sources"]) await local.getByRole("link", { name }).click();
      recordedBefore += await recordedIn(local);
      await local.close({ runBeforeUnload: false });
      await chromium.context.setOffline(false);
      local = (await chromium.newTab()).page;
      await local.goto(localAddress);
    },
    recorded: async () =>
      Promise.all([
        recordedIn(admin).then((count) => ["admin-ui", count] as const),
        recordedIn(local).then((count) => ["local-ui", recordedBefore + count] as const),
      ]),
    close: async () => {
      await Promise.all([admin.close({ runBeforeUnload: false }), local.close({ runBeforeUnload: false })]);
      await sleep(1_000); // The browser finishes what leaving pages handed it.
      await chromium.stop();
    },
  };
}

async function recordedIn(page: Page): Promise<number> {
  if (page.isClosed()) return 0;
  return page.evaluate("globalThis.activity?.stats().recorded ?? 0").then(Number, () => 0); // A page that is leaving has nothing to say.
}

async function visitAdmin(page: Page): Promise<void> {
  await visitAdminPage(page);
  await signOut(page);
}
