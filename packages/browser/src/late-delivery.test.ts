/** What a page does as long as the file that sends is not there. */
import { audit } from "@activity/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Chromium, Page } from "../../../e2e/support/chromium.ts";
import { startChromium } from "../../../e2e/support/chromium.ts";
import { laterPath } from "../test/bundle.ts";
import type { Trial } from "../test/page-trial.ts";
import { makeClient, startClient, startTrial } from "../test/page-trial.ts";
import { maxWaitingEvents } from "./browser-limits.ts";

let chromium: Chromium;
beforeAll(async () => {
  chromium = await startChromium();
});
afterAll(() => chromium.stop());

let trial: Trial;
/** The file that sends. */
let file: { readonly type: string; readonly body: string } | undefined;
beforeEach(async () => {
  trial = await startTrial(chromium);
  file = trial.collector.pages.get(laterPath);
  trial.collector.pages.delete(laterPath);
});
afterEach(() => trial.stop());

const record = (page: Page, count: number): Promise<void> =>
  page.evaluate((many) => {
    for (let n = 0; n < many; n++) client.track("click", { n });
  }, count);

const bringBack = (): void => {
  if (file) trial.collector.pages.set(laterPath, file);
};

/** The clicks of the next page, which has everything, are those of the one before. */
async function expectClicksFromNextPage(count: number): Promise<void> {
  bringBack();
  const next = await trial.open("/other");
  await makeClient(next.page);
  await trial.arrived(count);
  const clicks = trial.collector.events.filter(({ event_name }) => event_name === "click");
  expect(clicks.map(({ n }) => Number(n)).sort((a, b) => a - b)).toEqual(
    Array.from({ length: count }, (_, n) => n),
  );
  expect(clicks[0]).toMatchObject({
    browser: expect.stringMatching(/^Chrome \d+$/),
    os: "Linux",
    page_url: `${trial.collector.origin}/docs/start?q=redacted`,
    session_id: expect.stringMatching(/^\w{20}$/),
  });
  expect(JSON.stringify(trial.collector.events)).not.toContain("\\u0001");
}

describe("a page without the file that sends", () => {
  it("keeps its events in the journal, says so, and leaves them to the next page", async () => {
    const { page } = await trial.open("/docs/start?q=secret");
    await page.evaluate(() => {
      globalThis.problems = [];
    });
    await page.evaluate(() => {
      globalThis.client = activity.createBrowserClient({
        url: "/v1/events",
        service: { name: "shop" },
        consent: "granted",
        onProblem: ({ code, message }) => globalThis.problems.push(`${code}: ${message}`),
      });
    });
    await record(page, 300);
    await page.waitForFunction(() => globalThis.problems.length > 0);
    expect(await page.evaluate(() => client.flush({ timeoutMs: 100 }))).toMatchObject({
      recorded: 300,
      pending: 300,
      canSend: false,
      storage: "indexeddb",
    });
    expect(await page.evaluate(() => globalThis.problems)).toEqual(["paused: the sender cannot be loaded"]);
    await stored(page, 300);
    // A crash: nothing is heard of it.
    await page.evaluate(() => {
      for (const type of ["pagehide", "visibilitychange"])
        addEventListener(type, (event) => event.stopImmediatePropagation(), true);
    });
    await page.close();
    await expectClicksFromNextPage(300);
  });

  it("that ends in the task that records leaves its events to the next page", async () => {
    const { page } = await trial.open("/docs/start?q=secret");
    await startClient(page);
    await page.evaluate(() => {
      for (let n = 0; n < 50; n++) client.track("click", { n });
      location.href = "/other";
    });
    await page.waitForURL("**/other");
    await page.close();
    await expectClicksFromNextPage(50);
  });

  it("takes no more than it may keep, and gives what it does not take no number", async () => {
    const { page } = await trial.open("/docs/start?q=secret");
    await startClient(page);
    await record(page, maxWaitingEvents + 100);
    const { recorded, pending, droppedBy } = await page.evaluate(() => client.stats());
    expect(droppedBy).toEqual({ capacity: recorded - pending });
    expect(recorded).toBe(maxWaitingEvents + 100);
    await stored(page, pending);
    await page.close();
    await expectClicksFromNextPage(pending);
    expect((await audit(trial.collector.events)).sources.every(({ missing }) => missing.length === 0)).toBe(
      true,
    );
  });

  it("loads it as soon as the browser tries again", async () => {
    const { page } = await trial.open("/docs/start?q=secret");
    await startClient(page);
    await record(page, 5);
    bringBack();
    await page.reload();
    await makeClient(page);
    await trial.arrived(5);
  });
});

describe("a visitor who is reset before the file that sends is there", () => {
  /** Holds the file back until the returned function is called. */
  const delayed = (): (() => void) => {
    let release = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      release = resolve;
    });
    trial.collector.routes.set(`GET ${laterPath}`, (_, response) => {
      void asked.then(() => {
        response.writeHead(200, { "content-type": "text/javascript" });
        response.end(file?.body);
      });
    });
    return release;
  };

  it.each(["nobody", "ann"])("still has sent what was recorded before, as %s", async (who) => {
    const release = delayed();
    const { page } = await trial.open();
    // All in one task.
    await page.evaluate((user) => {
      globalThis.client = activity.createBrowserClient({
        url: "/v1/events",
        service: { name: "shop" },
        consent: "granted",
      });
      if (user !== "nobody") client.identify(user);
      for (let n = 0; n < 50; n++) client.track("before", { n });
      client.reset();
      client.track("after");
    }, who);
    await stored(page, 51);
    release();
    await page.waitForFunction(() => client.stats().canSend && client.stats().pending === 0);
    expect(await page.evaluate(() => client.stats().dropped)).toBe(0);
    const sent = (name: string) => trial.collector.events.filter(({ event_name }) => event_name === name);
    const [before, after] = [sent("before"), sent("after")];
    expect([before.length, after.length]).toEqual([50, 1]);
    expect(new Set(before.map(({ user_id }) => user_id))).toEqual(
      new Set([who === "nobody" ? undefined : who]),
    );
    expect(after[0]?.["user_id"]).toBeUndefined();
    for (const id of ["client_id", "session_id"]) {
      expect(new Set(before.map((event) => event[id])).size).toBe(1);
      expect(before[0]?.[id]).not.toBe(after[0]?.[id]);
    }
  });

  it("leaves what it recorded as nobody to the next page when the file never comes", async () => {
    const { page } = await trial.open("/docs/start?q=secret");
    await startClient(page);
    await page.evaluate(() => {
      for (let n = 0; n < 20; n++) client.track("click", { n });
      client.reset();
    });
    await stored(page, 20);
    await page.close();
    await expectClicksFromNextPage(20);
  });

  it("keeps a user's events for that user when the server is down, and when another has signed in", async () => {
    const release = delayed();
    const { page } = await trial.open();
    await startClient(page);
    await page.evaluate(() => {
      client.identify("ann");
      for (let n = 0; n < 10; n++) client.track("before", { n });
      client.reset();
      client.identify("bob");
    });
    await stored(page, 12);
    release();
    await trial.arrived(1);
    await page.evaluate(() => client.flush({ timeoutMs: 1_000 }));
    expect(trial.collector.events.map(({ user_id }) => user_id)).not.toContain("ann");
    await page.evaluate(() => {
      client.reset();
      client.identify("ann");
    });
    await page.waitForFunction(() => client.stats().pending === 0);
    expect(trial.collector.events.filter(({ event_name }) => event_name === "before").length).toBe(10);
    expect(await page.evaluate(() => client.stats().dropped)).toBe(0);
  });
});

describe("a file that sends, refused twice and then served", () => {
  it.each(["an answer of 503", "a broken connection"])(
    "(%s) is loaded by the page that is still open",
    async (how) => {
      let asked = 0;
      trial.collector.routes.set(`GET ${laterPath}`, (_, response) => {
        asked++;
        if (asked < 3 && how === "a broken connection") return response.destroy();
        response.writeHead(asked < 3 ? 503 : 200, { "content-type": "text/javascript" });
        return response.end(asked < 3 ? "" : file?.body);
      });
      const { page } = await trial.open();
      await startClient(page);
      await record(page, 5);
      await page.waitForFunction(() => client.stats().canSend, undefined, { timeout: 20_000 });
      await trial.arrived(5);
      expect(asked).toBeGreaterThanOrEqual(3); // A browser itself repeats what a broken connection cost.
    },
  );
});

describe("a call that is no event", () => {
  it("is explained when the file that sends is there", async () => {
    bringBack();
    const { page } = await trial.open();
    const problem = await page.evaluate(
      () =>
        new Promise((resolve) => {
          globalThis.client = activity.createBrowserClient({
            url: "/v1/events",
            service: { name: "shop" },
            onProblem: resolve,
          });
          client.track(" ");
        }),
    );
    expect(problem).toMatchObject({
      code: "refused",
      message: 'an event was not recorded: event_name is " "; it must be 1–256 characters, not all blank',
      problems: [{ code: "empty", pointer: "/event_name" }],
    });
    expect(await page.evaluate(() => client.stats().refused)).toBe(1);
  });
});

/** Waits until the journal holds so many events. */
async function stored(page: Page, count: number): Promise<void> {
  await page.waitForFunction(
    (wanted) =>
      new Promise<boolean>((resolve) => {
        const opening = indexedDB.open(`activity_${location.origin}/v1/events`);
        opening.onsuccess = () => {
          const counting = opening.result.transaction("events").objectStore("events").count();
          counting.onsuccess = () => resolve(counting.result >= wanted);
          opening.result.close();
        };
      }),
    count,
  );
}

declare global {
  /** What a page was told. */
  var problems: string[];
}
