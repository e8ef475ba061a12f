/** What a page survives, as far as the client itself can tell. Every kind of disaster, once, over a real proxy: `e2e/browser`. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Chromium, Page } from "../../../e2e/support/chromium.ts";
import { startChromium } from "../../../e2e/support/chromium.ts";
import type { Trial } from "../test/page-trial.ts";
import { makeClient, startTrial, until } from "../test/page-trial.ts";

let chromium: Chromium;
beforeAll(async () => {
  chromium = await startChromium();
});
afterAll(() => chromium.stop());

let trial: Trial;
beforeEach(async () => {
  trial = await startTrial(chromium);
});
afterEach(() => trial.stop());

const record = (page: Page, count: number, text = "") =>
  page.evaluate(
    ([many, padding]) => {
      for (let n = 0; n < many; n++) client.track("click", { n, padding });
    },
    [count, text] as const,
  );
const stats = (page: Page) => page.evaluate(() => client.stats());
const settled = (page: Page) => page.waitForFunction(() => client.stats().pending === 0);
const failed = (page: Page) => page.waitForFunction(() => client.stats().repeats > 0);

/** The clicks are all there, and none came twice. */
async function expectClicks(count: number, withinMs?: number): Promise<void> {
  const clicks = () => trial.collector.events.filter(({ event_name }) => event_name === "click");
  await until(
    () => clicks().length >= count,
    () => `${clicks().length} of ${count} clicks arrived`,
    withinMs,
  );
  expect(new Set(clicks().map(({ event_id }) => event_id)).size).toBe(count);
  const ids = trial.collector.events.map(({ event_id }) => event_id);
  expect(ids.length).toBe(new Set(ids).size);
}

describe("a page that ends", () => {
  it("in the task that records, before it has a turn, leaves its events to the next", async () => {
    const { page } = await trial.open();
    await page.evaluate(() => {
      const service = { name: "shop" };
      const options = { url: "/v1/events", service, consent: "granted" } as const;
      globalThis.client = activity.createBrowserClient(options);
      for (let n = 0; n < 50; n++) client.track("click", { n });
      location.href = "/other";
    });
    await page.waitForURL("**/other");
    await makeClient(page);
    await expectClicks(50);
  });

  it("with more than a last request carries leaves the rest to the next", async () => {
    const { page } = await trial.open();
    await makeClient(page);
    await page.evaluate(async () => {
      client.track("first");
      await client.flush();
    });
    await record(page, 300, "x".repeat(400));
    await page.close({ runBeforeUnload: false });
    const next = await trial.open();
    await makeClient(next.page);
    await expectClicks(300);
    expect(trial.collector.requests.length).toBeGreaterThan(1);
  });

  it("while its request is under way does not have it sent again: the server leaves a receipt", async () => {
    const { page } = await trial.open();
    await makeClient(page);
    let answer = (): void => undefined;
    trial.collector.held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await record(page, 20);
    await until(
      () => trial.collector.requests.length > 0,
      () => "no request",
    );
    await page.close({ runBeforeUnload: false });
    answer();
    const next = await trial.open();
    await makeClient(next.page);
    await next.page.waitForFunction(() => client.stats().adopted >= 20 && client.stats().pending === 0);
    await expectClicks(20);
  });
});

describe("a storage that does not work", () => {
  it.each([
    [
      "forbidden",
      () =>
        Object.defineProperty(globalThis, "indexedDB", {
          get: () => {
            throw new DOMException("no", "SecurityError");
          },
        }),
    ],
    [
      "silent",
      () => {
        IDBFactory.prototype.open = () => ({}) as IDBOpenDBRequest;
      },
    ],
    [
      "full",
      () => {
        IDBObjectStore.prototype.put = function () {
          this.transaction.abort();
          return {} as IDBRequest<IDBValidKey>;
        };
      },
    ],
  ] as const)("(%s) leaves memory, says so, and delivers all the same", async (_, breakStorage) => {
    const tab = await chromium.newTab(trial.context);
    await tab.page.addInitScript(breakStorage);
    await tab.page.goto(trial.collector.origin);
    await makeClient(tab.page);
    await record(tab.page, 10);
    // One that is silent is waited for.
    await expectClicks(10);
    await settled(tab.page);
    expect(await stats(tab.page)).toMatchObject({ storage: "memory", delivered: 10 });
    expect(tab.problems).toEqual([]);
  });
});

describe("a destination that is blocked for long", () => {
  it("costs the oldest of the least important, counted and announced", async () => {
    const { page } = await trial.open();
    await makeClient(page);
    await trial.collector.down();
    await record(page, 2_500);
    const { dropped, pending, recorded } = await stats(page);
    expect(dropped).toBeGreaterThanOrEqual(500);
    expect(recorded).toBe(dropped + pending);
    expect(pending).toBeLessThanOrEqual(2_000 + 1); // What names the others.

    await trial.collector.up();
    await page.evaluate(() => client.flush());
    await settled(page);
    const announced = trial.collector.events.filter(({ event_name }) => event_name === "events_dropped");
    expect(announced.reduce((sum, { count }) => sum + Number(count), 0)).toBe(dropped);
    expect(announced[0]).toMatchObject({ reason: "capacity", counts_by_type: { behavioral: dropped } });
  });
});

describe("an identity", () => {
  it("takes its events along: what waits for a user leaves when that user is back", async () => {
    const { page } = await trial.open();
    await makeClient(page);
    await trial.collector.down();
    await page.evaluate(() => client.identify("ann"));
    await record(page, 10);
    await failed(page);
    await page.evaluate(() => {
      client.reset();
      client.identify("bob");
      client.track("other");
    });
    await trial.collector.up();
    await page.reload();
    await makeClient(page);
    await until(
      () => trial.collector.events.some(({ event_name }) => event_name === "other"),
      () => "bob's event is missing",
    );
    expect(trial.collector.events.filter(({ user_id }) => user_id === "ann")).toEqual([]);
    await page.evaluate(() => {
      client.reset();
      client.identify("ann");
    });
    await expectClicks(10);
    for (const { event_name, user_id } of trial.collector.events)
      if (event_name === "click") expect(user_id).toBe("ann");
  });
});
