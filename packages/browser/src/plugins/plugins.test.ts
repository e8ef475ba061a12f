import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Chromium, Page } from "../../../../e2e/support/chromium.ts";
import { startChromium } from "../../../../e2e/support/chromium.ts";
import { bundle } from "../../test/bundle.ts";
import type { Trial } from "../../test/page-trial.ts";
import { startTrial } from "../../test/page-trial.ts";

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

async function start(page: Page, plugin: "pageViews" | "errors"): Promise<void> {
  await page.evaluate((name) => {
    globalThis.client = activity.createBrowserClient({
      url: "/v1/events",
      service: { name: "shop" },
      consent: "granted",
      plugins: [activity[name]()],
    });
  }, plugin);
  await page.waitForFunction(() => client.stats().canSend);
}

const flush = (page: Page) => page.evaluate(() => client.flush());

describe("pageViews", () => {
  const goRound = (page: Page) =>
    page.evaluate(async () => {
      const paths = ["/a?x=1", "/a?x=2", "/a#there", "/share/secret", "/b"];
      for (const path of paths) history.pushState(null, "", path);
      history.back();
      await new Promise((resolve) => addEventListener("popstate", resolve, { once: true }));
      // The client hears of it before or after us.
      await new Promise((resolve) => setTimeout(resolve, 0));
    });
  const expected = ["/", "/a", "/share/redacted", "/b", "/share/redacted"];
  const paths = () => trial.collector.events.map(({ page_url }) => new URL(String(page_url)).pathname);

  it("records a view for each change of the path, and none for search and fragment", async () => {
    const { page, problems } = await trial.open();
    await start(page, "pageViews");
    await goRound(page);
    await flush(page);
    expect(new Set(trial.collector.events.map(({ event_name }) => event_name))).toEqual(
      new Set(["page_view"]),
    );
    expect(paths()).toEqual(expected);
    expect(trial.collector.events.map(({ source_url }) => source_url)).toEqual([
      undefined,
      `${trial.collector.origin}/`,
      `${trial.collector.origin}/a#there`,
      `${trial.collector.origin}/share/redacted`,
      `${trial.collector.origin}/b`,
    ]);
    expect(problems).toEqual([]);
  });

  it("does so without the Navigation API, and gives history back on close", async () => {
    const { page } = await trial.open();
    const restored = await page.evaluate(async () => {
      Reflect.deleteProperty(globalThis, "navigation");
      const { pushState } = history;
      const other = activity.createBrowserClient({
        url: "/v1/other",
        service: { name: "shop" },
        plugins: [activity.pageViews()],
      });
      const wrapped = history.pushState !== pushState;
      await other.close();
      return [wrapped, history.pushState === pushState];
    });
    expect(restored).toEqual([true, true]);
    await start(page, "pageViews");
    await goRound(page);
    await flush(page);
    expect(paths()).toEqual(expected);
  });

  it("names where the first view came from", async () => {
    const { page } = await trial.open("/docs/start?q=secret");
    await page.evaluate(() => {
      location.href = "/other";
    });
    await page.waitForURL("**/other");
    await start(page, "pageViews");
    await flush(page);
    expect(trial.collector.events[0]).toMatchObject({
      referrer: `${trial.collector.origin}/docs/start?q=redacted`,
    });
  });
});

describe("errors", () => {
  it("records what nobody caught, each different error once", async () => {
    const { page } = await trial.open();
    await start(page, "errors");
    await page.evaluate(() => {
      const fail = () => {
        throw new RangeError("out of reach");
      };
      setTimeout(fail);
      setTimeout(fail);
      void Promise.reject(new Error("nobody cares"));
      void Promise.reject("a text");
    });
    await page.waitForFunction(() => client.stats().recorded === 4);
    expect(await flush(page)).toMatchObject({ delivered: 3, droppedBy: { rate_limited: 1 } });
    const seen = trial.collector.events.map(({ message, source }) => ({ message, source }));
    expect(seen).toHaveLength(3);
    expect(seen).toEqual(
      expect.arrayContaining([
        { message: "out of reach", source: "error" },
        { message: "nobody cares", source: "unhandledrejection" },
        { message: "a text", source: "unhandledrejection" },
      ]),
    );
  });

  it("records ten a minute at most, counts the others, and passes over those of extensions", async () => {
    const { page } = await trial.open();
    await start(page, "errors");
    const stats = await page.evaluate(() => {
      for (let count = 0; count < 15; count++)
        dispatchEvent(
          new ErrorEvent("error", { message: `number ${count}`, error: new Error(`number ${count}`) }),
        );
      dispatchEvent(new ErrorEvent("error", { message: "x", filename: "chrome-extension://abc/x.js" }));
      return client.stats();
    });
    expect(stats).toMatchObject({ recorded: 15, dropped: 5, droppedBy: { rate_limited: 5 } });
  });

  it("stays silent about the client's own requests", async () => {
    const { page } = await trial.open();
    await start(page, "errors");
    await trial.collector.down();
    await page.evaluate(() => client.track("click"));
    await page.waitForFunction(() => client.stats().repeats > 0);
    expect(await page.evaluate(() => client.stats())).toMatchObject({ recorded: 1 });
  });
});

describe("heartbeat", () => {
  it("records the minutes in which the page had the focus, also one that kept it, and no other", async () => {
    const { page } = await trial.open();
    await page.evaluate(() => {
      let hasFocus = true;
      Object.defineProperty(document, "hasFocus", { value: () => hasFocus });
      let nowMs = 30_000;
      let minute: (() => void) | undefined;
      const clock = {
        now: () => nowMs,
        monotonic: () => nowMs,
        random: () => 0,
        setTimer: (callback: () => void, ms: number) => {
          // The heartbeat's own waits are the only ones of this length.
          if (ms === 60_000 - (nowMs % 60_000)) minute = callback;
          else setTimeout(callback, ms);
          return { cancel: () => undefined };
        },
      };
      globalThis.client = activity.createBrowserClient({
        url: "/v1/events",
        service: { name: "shop" },
        consent: "granted",
        plugins: [activity.heartbeat()],
        clock,
      });
      const pass = (ms: number, isMinute = false) => {
        nowMs += ms;
        if (isMinute) minute?.();
      };
      pass(30_000, true);
      pass(60_000, true);
      pass(15_000);
      hasFocus = false;
      dispatchEvent(new Event("blur"));
      pass(45_000, true);
      pass(60_000, true);
      hasFocus = true;
      dispatchEvent(new Event("focus"));
      pass(600_000, true);
    });
    await flush(page);
    const beats = trial.collector.events.map(({ event_type, focused_seconds, focus_count }) => [
      event_type,
      focused_seconds,
      focus_count,
    ]);
    expect(beats).toEqual([
      ["active", 30, 1],
      ["active", 60, 0],
      ["active", 15, 0],
      ["active", 60, 1],
    ]);
  });
});

describe("vitals", () => {
  it("records how the page loaded, as metrics", async () => {
    const { text } = await bundle(`
      import { createBrowserClient } from "./src/index.ts";
      import { vitals } from "./src/vitals/index.ts";
      const plugins = [vitals()];
      globalThis.client = createBrowserClient({ url: "/v1/events", service: { name: "shop" }, consent: "granted", plugins });
    `);
    const { page, problems } = await trial.open();
    await page.addScriptTag({ content: text });
    await page.waitForFunction(() => client.stats().recorded >= 2);
    await flush(page);
    for (const event of trial.collector.events)
      expect(event).toMatchObject({
        event_type: "metric",
        event_name: expect.stringMatching(/^web_vital_[a-z]+_ms$/),
        value: expect.any(Number),
        rating: expect.any(String),
      });
    expect(problems).toEqual([]);
  });
});
