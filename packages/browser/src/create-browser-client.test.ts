import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Chromium, Page } from "../../../e2e/support/chromium.ts";
import { startChromium } from "../../../e2e/support/chromium.ts";
import type { Trial } from "../test/page-trial.ts";
import { makeClient, startTrial } from "../test/page-trial.ts";
import { createBrowserClient } from "./index.ts";

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

const flush = (page: Page) => page.evaluate(() => client.flush());

describe("a browser client", () => {
  it("delivers what is recorded, with what is known of the page", async () => {
    const { page, problems } = await trial.open("/docs/start?q=secret&utm_source=mail");
    await makeClient(page, { attributes: { app_name: "console" } });
    await page.evaluate(() => {
      client.track("login_start", { method: "github" });
      client.record("log", "line", { text: "é漢😀" });
      client.recordMetric("render_ms", 12.5, { screen_name: "home" });
    });
    expect(await flush(page)).toMatchObject({ recorded: 3, delivered: 3, pending: 0, dropped: 0 });
    const [login, line, metric] = trial.collector.events;
    expect(login).toMatchObject({
      event_type: "behavioral",
      event_name: "login_start",
      method: "github",
      service_name: "shop",
      service_version: "1.4.0",
      app_name: "console",
      is_dev: true,
      page_url: `${trial.collector.origin}/docs/start?q=redacted&utm_source=mail`,
      browser: expect.stringMatching(/^Chrome \d+$/),
      os: "Linux",
      locale: expect.stringMatching(/^en/),
      client_id: expect.stringMatching(/^[\w-]{20}$/),
      session_id: expect.stringMatching(/^[\w-]{20}$/),
    });
    expect(login).not.toHaveProperty("user_id");
    expect(line).toMatchObject({ event_type: "log", text: "é漢😀" });
    expect(metric).toMatchObject({ event_type: "metric", value: 12.5, screen_name: "home" });
    expect(trial.collector.requests.map(({ contentType }) => contentType)).toEqual(["text/plain"]);
    expect(problems).toEqual([]);
  });

  it("sends by itself within a second or so, many events in one request", async () => {
    const { page } = await trial.open();
    await makeClient(page);
    await page.evaluate(() => {
      for (let count = 0; count < 20; count++) client.track("click");
    });
    await trial.arrived(20);
    expect(trial.collector.requests.length).toBe(1);
  });

  it("leaves no receipt behind of an answer that it has read", async () => {
    const { page } = await trial.open();
    await makeClient(page);
    await page.evaluate(() => client.track("click"));
    await flush(page);
    expect(trial.collector.events.length).toBe(1);
    // The browser hands the removal on to a process of its own.
    let cookies = await trial.context.cookies();
    for (let tries = 0; tries < 200 && cookies.length > 0; tries++) {
      await sleep(20);
      cookies = await trial.context.cookies();
    }
    expect(cookies).toEqual([]);
  });

  it("records errors without what their URLs tell", async () => {
    const { page } = await trial.open();
    await makeClient(page);
    await page.evaluate(() => {
      const cause = new Error("GET https://a:b@shop.example/?q=1");
      client.recordError(new TypeError("failed at https://shop.example/?token=1", { cause }), {
        screen_name: "home",
      });
    });
    await flush(page);
    expect(trial.collector.events[0]).toMatchObject({
      event_type: "error",
      event_name: "error",
      error_name: "TypeError",
      message: "failed at https://shop.example/?token=redacted",
      cause: "Error: GET https://shop.example/?q=redacted",
      screen_name: "home",
    });
    expect(trial.collector.events[0]?.["stack"]).not.toMatch(/token=1/);
  });

  it("keeps name, message and place of an error of which the cause cannot be encoded", async () => {
    const { page } = await trial.open();
    await makeClient(page);
    await page.evaluate(() => {
      const cause: { self?: unknown } = {};
      cause.self = cause;
      let deep: unknown = 0;
      for (let n = 0; n < 100; n++) deep = { deep };
      client.recordError(new TypeError("cyclic: x", { cause }));
      client.recordError(new AggregateError([deep], "deep"));
      client.recordError(cause);
    });
    await flush(page);
    const stack = expect.stringMatching(/\n {4}at /);
    expect(trial.collector.events).toMatchObject([
      { error_name: "TypeError", message: "cyclic: x", stack, encoding_problems: ["thrown"] },
      { error_name: "AggregateError", message: "deep", stack, encoding_problems: ["thrown"] },
      { message: "[object Object]", encoding_problems: ["thrown"] },
    ]);
    expect(trial.collector.events[2]).not.toHaveProperty("stack");
  });

  it("puts the user on the events from identify to reset, which also makes new ids", async () => {
    const { page } = await trial.open();
    await makeClient(page);
    await page.evaluate(() => {
      client.track("before");
      client.identify("ann");
      client.track("during");
      client.reset();
      client.track("after");
    });
    await flush(page);
    const [before, identified, during, after] = trial.collector.events;
    expect(identified).toMatchObject({ event_name: "user_identified", client_id: before?.["client_id"] });
    const all = [before, identified, during, after];
    expect(all.map((event) => event?.["user_id"])).toEqual([undefined, "ann", "ann", undefined]);
    expect(during?.["client_id"]).toBe(before?.["client_id"]);
    expect(after?.["client_id"]).not.toBe(before?.["client_id"]);
    expect(after?.["session_id"]).not.toBe(before?.["session_id"]);
  });

  it("puts a user that is known beforehand on what a plugin records first, too", async () => {
    const { page } = await trial.open();
    await page.evaluate(() => {
      const { createBrowserClient, pageViews } = activity;
      const service = { name: "shop" };
      const options = { userId: "ann", consent: "granted", plugins: [pageViews()] } as const;
      globalThis.client = createBrowserClient({ url: "/v1/events", service, ...options });
    });
    await flush(page);
    expect(trial.collector.events).toMatchObject([{ event_name: "page_view", user_id: "ann" }]);
  });

  it("is one for a page and url, until it is closed", async () => {
    const { page } = await trial.open();
    await makeClient(page);
    const same = await page.evaluate(async () => {
      const make = (url: string) => activity.createBrowserClient({ url, service: { name: "again" } });
      const facts = [make(`${location.origin}/v1/events`) === client, make("/v1/other") === client];
      await client.close();
      return [...facts, make("/v1/events") === client];
    });
    expect(same).toEqual([true, false, false]);
  });

  it("says that its source has ended when it is closed, and refuses what comes later", async () => {
    const { page } = await trial.open();
    await makeClient(page);
    const stats = await page.evaluate(async () => {
      client.track("click");
      const closed = await client.close();
      client.track("late");
      return [closed, client.stats()];
    });
    expect(stats).toMatchObject([
      { recorded: 2, delivered: 2, refused: 0 },
      { recorded: 2, refused: 1 },
    ]);
    expect(await trial.arrived(2)).toEqual(["click", "source_closed"]);
  });

  it("works without storage", async () => {
    const tab = await chromium.newTab(trial.context);
    await tab.page.addInitScript(() => {
      Object.defineProperty(globalThis, "localStorage", {
        get: () => {
          throw new DOMException("The operation is insecure.", "SecurityError");
        },
      });
    });
    await tab.page.goto(trial.collector.origin);
    await makeClient(tab.page);
    await tab.page.evaluate(() => {
      client.track("one");
      client.track("two");
    });
    await flush(tab.page);
    const ids = trial.collector.events.map(({ client_id }) => client_id);
    expect(ids[0]).toMatch(/^[\w-]{20}$/);
    expect(ids[1]).toBe(ids[0]);
    expect(tab.problems).toEqual([]);
  });

  it("shares client and session among tabs, which send each for itself", async () => {
    const tabs = [await trial.open(), await trial.open("/other")];
    for (const { page } of tabs) {
      await makeClient(page);
      await page.evaluate(() => client.track("click"));
    }
    await trial.arrived(2);
    const [one, two] = trial.collector.events;
    expect(two?.["client_id"]).toBe(one?.["client_id"]);
    expect(two?.["session_id"]).toBe(one?.["session_id"]);
    expect(two?.event_id).not.toBe(one?.event_id);
    expect(tabs.map(({ problems }) => problems)).toEqual([[], []]);
  });

  it("does nothing where there is no page", async () => {
    const client = createBrowserClient({ url: "/v1/events", service: { name: "shop" }, consent: "granted" });
    client.track("click");
    client.identify("ann");
    client.setConsent("denied");
    client.reset();
    expect(await client.flush()).toMatchObject({ recorded: 0 });
    expect(await client.close()).toEqual(client.stats());
  });

  it("says what is wrong with a url that is none", async () => {
    const { page } = await trial.open();
    await expect(makeClient(page, { url: "http://" })).rejects.toThrow(
      /url is "http:\/\/"; it must be a URL or a path/,
    );
  });
});

describe("consent", () => {
  const storedKeys = (page: Page) => page.evaluate(() => Object.keys(localStorage));

  it("is awaited unless it is given: nothing is sent or stored, and all goes out when it is granted", async () => {
    const { page } = await trial.open();
    await makeClient(page, { consent: undefined });
    await page.evaluate(() => {
      client.track("early", { nested: { client_id: "not mine" } });
      dispatchEvent(new PageTransitionEvent("pagehide"));
      dispatchEvent(new PageTransitionEvent("pageshow"));
    });
    expect(await flush(page)).toMatchObject({ recorded: 1, pending: 1 });
    expect(trial.collector.requests.length).toBe(0);
    expect(await storedKeys(page)).toEqual([]);
    await page.evaluate(() => {
      client.setConsent("granted");
      client.track("late");
    });
    expect(await trial.arrived(2)).toEqual(["early", "late"]);
    const [early, late] = trial.collector.events;
    expect(early?.["client_id"]).toMatch(/^[\w-]{20}$/);
    expect(late?.["client_id"]).toBe(early?.["client_id"]);
    expect(late?.["session_id"]).toBe(early?.["session_id"]);
    expect(early?.event_time.localeCompare(late?.event_time ?? "")).toBe(-1);
  });

  it("when denied drops what waits, counts it, and removes what was stored", async () => {
    const { page } = await trial.open();
    await makeClient(page);
    await page.evaluate(() => client.track("before"));
    await flush(page);
    await trial.collector.down();
    const stats = await page.evaluate(async () => {
      client.track("waiting");
      client.setConsent("denied");
      client.track("after");
      return client.flush();
    });
    expect(stats.recorded).toBe(3);
    expect(await storedKeys(page)).toEqual([]);
    await trial.collector.up();
    await page.evaluate(() => client.setConsent("granted"));
    await page.evaluate(() => client.track("again"));
    expect(await flush(page)).toMatchObject({
      recorded: 4,
      delivered: 2,
      dropped: 2,
      droppedBy: { consent: 2 },
      pending: 0,
    });
    expect(await trial.arrived(2)).toEqual(["before", "again"]);
    const [before, again] = trial.collector.events;
    expect(again?.["client_id"]).not.toBe(before?.["client_id"]);
    // A source of its own: the numbers that were dropped belong to one of which no more will come.
    expect(again?.event_id.split(".")[1]).toBe("1");
  });

  it("that was denied from the start costs no id", async () => {
    const { page } = await trial.open();
    await makeClient(page, { consent: "denied" });
    await page.evaluate(() => client.track("click"));
    expect(await flush(page)).toMatchObject({ recorded: 1, dropped: 1, droppedBy: { consent: 1 } });
    expect(await storedKeys(page)).toEqual([]);
  });

  it("when denied deletes what earlier pages left, too", async () => {
    const { page } = await trial.open();
    await makeClient(page);
    await flush(page);
    await page.evaluate(() => {
      localStorage.setItem("theirs", "1");
      client.setConsent("denied");
    });
    await page.waitForFunction(async () => (await indexedDB.databases()).length === 0);
    expect(await storedKeys(page)).toEqual(["theirs"]);
    expect(await page.evaluate(() => navigator.locks.query())).toMatchObject({ held: [], pending: [] });
  });

  it("is denied for what people do where they ask not to be followed, unless the host does not honour that", async () => {
    const { page } = await trial.open();
    await page.evaluate(() =>
      Object.defineProperty(navigator, "globalPrivacyControl", { value: true, configurable: true }),
    );
    await makeClient(page);
    await page.evaluate(() => {
      client.track("click");
      client.record("log", "line");
    });
    expect(await flush(page)).toMatchObject({ recorded: 2, delivered: 1, droppedBy: { consent: 1 } });
    await page.evaluate(() => client.close());
    await makeClient(page, { honorsPrivacySignals: false });
    await page.evaluate(() => client.track("click"));
    await flush(page);
    expect(trial.collector.events.map(({ event_name }) => event_name)).toContain("click");
  });

  it("is withdrawn by a server that wants nothing of this visitor", async () => {
    const { page, problems } = await trial.open();
    await makeClient(page);
    trial.collector.refuse = () => ({ status: 403, body: JSON.stringify({ code: "consent_denied" }) });
    await page.evaluate(() => client.track("one"));
    await page.waitForFunction(() => client.stats().pending === 0);
    await page.evaluate(() => client.track("two"));
    expect(await page.evaluate(() => client.stats())).toMatchObject({
      recorded: 2,
      dropped: 2,
      droppedBy: { consent: 2 },
    });
    expect(await storedKeys(page)).toEqual([]);
    expect(trial.collector.requests.length).toBe(1);
    expect(problems.filter((problem) => !problem.includes("403"))).toEqual([]);
  });
});
