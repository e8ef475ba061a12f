import { setTimeout as sleep } from "node:timers/promises";
import type { Chromium, Page } from "../../../e2e/support/chromium.ts";
import { startChromium } from "../../../e2e/support/chromium.ts";
import { installedChromium } from "../../../tools/chromium.mjs";
import type { PathService } from "./paths.ts";

/** Both pages in one real browser, and somebody who uses them. */
export interface Pages {
  /** Uses both pages until {@link Pages.rest}. */
  drive(): Promise<void>;
  rest(): void;
  /** What each page's client says it has recorded. */
  recorded(): Promise<readonly (readonly [PathService, number])[]>;
  /** Closes the tabs as a person would, with whatever they have not sent, and the browser a moment later. */
  close(): Promise<void>;
}

/** Opens both pages; `undefined` where there is no Chromium. */
export async function openPages(adminAddress: string, localAddress: string): Promise<Pages | undefined> {
  if (installedChromium() === undefined) return undefined;
  const chromium: Chromium = await startChromium();
  const admin = (await chromium.newTab()).page;
  const local = (await chromium.newTab()).page;
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
      await Promise.all([repeat(admin, useAdminPage), repeat(local, useLocalPage)]);
    },
    rest: () => {
      resting = true;
    },
    recorded: async () =>
      Promise.all([
        recordedIn(admin).then((count) => ["admin-ui", count] as const),
        recordedIn(local).then((count) => ["local-ui", count] as const),
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

async function useAdminPage(page: Page): Promise<void> {
  await page.getByLabel("Name").fill("ann");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("link", { name: "Projects" }).click();
  await page.getByRole("link", { name: "sales-report" }).click();
  await page.getByRole("button", { name: "Deploy" }).click();
  await page.getByText("sales-report is deployed.").waitFor();
  await page.getByRole("button", { name: "Connect GitHub" }).click();
  await page.getByText("GitHub could not be connected.").waitFor();
  await page.getByRole("link", { name: "People" }).click();
  await page.getByLabel("E-mail addresses").fill("bob@example.org");
  await page.getByRole("button", { name: "Invite" }).click();
  await page.getByText("The invitation is on its way.").waitFor();
  await page.getByRole("button", { name: "Sign out ann" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
}

async function useLocalPage(page: Page): Promise<void> {
  const edit = page.getByRole("button", { name: "Edit" });
  if ((await edit.getAttribute("aria-pressed")) !== "true") await edit.click();
  await page.getByRole("link", { name: "Sources" }).click();
  await page.getByRole("button", { name: "Add source" }).click();
  await page.getByLabel("Name").fill("orders");
  await page.getByLabel("Connector").selectOption("postgres");
  await page.getByRole("button", { name: "Connect" }).click();
  await page.getByText("The source could not be connected").waitFor();
  await page.getByRole("link", { name: "Models" }).click();
  await page.getByRole("button", { name: "New model" }).click();
}
