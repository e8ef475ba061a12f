/** A page is somebody else's house: what the client may take, touch and break there, also where others are hostile to it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { BrowserContext, Chromium, Page } from "../support/chromium.ts";
import { startChromium } from "../support/chromium.ts";
import { ourScript, ourSdk, type Sdk } from "./sdk.ts";
import { markOf, type Site, type SiteFile, startSite } from "./site.ts";
import { isReady, until } from "./world.ts";

const boundMs = 60_000;
let chromium: Chromium;
let product: Sdk;
let files: Map<string, SiteFile>;
let site: Site;
let context: BrowserContext;
beforeAll(async () => {
  [chromium, product] = await Promise.all([startChromium(), ourSdk()]);
});
afterAll(() => chromium.stop());
beforeEach(async () => {
  files = new Map(product.files);
  [site, context] = await Promise.all([startSite({ ...product, files }), chromium.newContext()]);
});
afterEach(async () => {
  await context.close();
  await site.stop();
});

async function open(before?: () => void): Promise<Page> {
  const page = await context.newPage();
  if (before) await page.addInitScript(before);
  await page.goto(site.origin);
  await page.waitForFunction(isReady);
  return page;
}
const track = (page: Page, count: number) =>
  page.evaluate(
    (marks) => {
      for (const mark of marks) sdk.track(mark);
    },
    Array.from({ length: count }, (_, n) => markOf(n)),
  );
/** All came, and each once. */
async function expectTaken(count: number): Promise<void> {
  await until(() => site.taken.size >= count, boundMs);
  expect(site.taken.size).toBe(count);
  expect([...site.taken.values()].every((times) => times === 1)).toBe(true);
}

describe("the page it is a guest of", () => {
  it("keeps its back-forward cache: nothing listens for unload or beforeunload", async () => {
    const page = await open(() => {
      const listened: string[] = [];
      Object.assign(globalThis, { listened });
      const listen = EventTarget.prototype.addEventListener;
      EventTarget.prototype.addEventListener = function (type, ...rest) {
        listened.push(type);
        listen.call(this, type, ...rest);
      };
    });
    await track(page, 5);
    await expectTaken(5);
    const listened = await page.evaluate(() => (globalThis as unknown as { listened: string[] }).listened);
    expect(listened).toEqual(expect.arrayContaining(["pagehide", "visibilitychange"]));
    expect(listened.filter((type) => type.includes("unload"))).toEqual([]);
  });

  it("keeps room in localStorage, however much waits when it is left", async () => {
    const page = await open();
    await site.down();
    await page.evaluate(() => {
      for (let n = 0; n < 5_000; n++)
        sdk.client?.track("click", { mark: `mark-${String(n).padStart(6, "0")}`, text: "x".repeat(2_000) });
      dispatchEvent(new PageTransitionEvent("pagehide"));
      localStorage.setItem("host", "y".repeat(1 << 20)); // Throws when there is no room.
    });
    const stats = await page.evaluate(() => sdk.client?.stats());
    expect(stats?.recorded).toBe((stats?.pending ?? 0) + (stats?.dropped ?? 0));
    expect(stats?.droppedBy.capacity).toBeGreaterThan(2_000);
  });

  it("may be run where code from strings and workers from blobs are forbidden", async () => {
    files.set("/strict", {
      type: "text/html",
      body: `<!doctype html><title>Strict</title><script src="/sdk.js"></script>`,
    });
    await site.stop();
    const headers = { "content-security-policy": "default-src 'self'" };
    site = await startSite({ ...product, files, headers });
    const tab = await chromium.newTab(context);
    await tab.page.goto(`${site.origin}/strict`);
    await tab.page.evaluate(() => {
      document.addEventListener("securitypolicyviolation", ({ violatedDirective }) => {
        console.error(violatedDirective);
      });
    });
    await track(tab.page, 3);
    await expectTaken(3);
    expect(tab.problems).toEqual([]);
  });
});

describe("somebody who blocks it", () => {
  it("is not besieged: a few requests, and nothing that nobody caught", async () => {
    const page = await context.newPage();
    let requests = 0;
    const uncaught: string[] = [];
    page.on("pageerror", (error) => uncaught.push(String(error)));
    await page.route("**/v1/events", (route) => {
      requests++;
      return route.abort("blockedbyclient");
    });
    await page.goto(site.origin);
    await page.waitForFunction(isReady);
    await track(page, 200);
    await page.evaluate(() => void sdk.client?.flush({ timeoutMs: 5_000 }));
    await page.waitForTimeout(6_000);
    expect(requests).toBeGreaterThan(1);
    expect(requests).toBeLessThanOrEqual(25);
    expect(uncaught).toEqual([]);
    await page.unroute("**/v1/events");
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await expectTaken(200);
  });
});

describe("a browser that lacks something", () => {
  it.each([
    [
      "keepalive, and refuses the beacon",
      () => {
        Reflect.deleteProperty(Request.prototype, "keepalive");
        navigator.sendBeacon = () => false;
      },
    ],
    [
      "keepalive and beacons",
      () => {
        Reflect.deleteProperty(Request.prototype, "keepalive");
        Reflect.deleteProperty(Navigator.prototype, "sendBeacon");
      },
    ],
    [
      "beacons alone",
      () => {
        Reflect.deleteProperty(Navigator.prototype, "sendBeacon");
      },
    ],
  ] as const)("(%s) loses nothing when a page is left, and the next need not wait", async (_, remove) => {
    const page = await open(remove);
    await track(page, 10);
    await page.goto(`${site.origin}/next`);
    await page.waitForFunction(isReady);
    await expectTaken(10);
  });

  it.each(["localStorage", "sessionStorage", "indexedDB", "caches"] as const)(
    "(%s throws when it is touched) works from what is left",
    async (name) => {
      const page = await context.newPage();
      await page.addInitScript((property) => {
        Object.defineProperty(globalThis, property, {
          get: () => {
            throw new DOMException("denied", "SecurityError");
          },
        });
      }, name);
      await page.goto(site.origin);
      await page.waitForFunction(isReady);
      await track(page, 3);
      await expectTaken(3);
    },
  );

  it("(locks and cookies throw when they are touched) works from memory", async () => {
    const page = await open(() => {
      const deny = (): never => {
        throw new DOMException("denied", "SecurityError");
      };
      Object.defineProperty(Navigator.prototype, "locks", { get: deny });
      Object.defineProperty(Document.prototype, "cookie", { get: deny, set: deny });
    });
    await track(page, 3);
    await expectTaken(3);
    expect(await page.evaluate(() => sdk.client?.stats().storage)).toBe("memory");
  });
});

describe("a service worker", () => {
  it("records, without a document and without localStorage", async () => {
    // It may not load modules: its file must hold everything.
    files.set("/whole.js", { type: "text/javascript", body: await ourScript() });
    files.set("/worker.js", {
      type: "text/javascript",
      body: `importScripts("/whole.js"); sdk.track("mark-000000"); sdk.track("mark-000001");`,
    });
    const page = await context.newPage();
    await page.goto(`${site.origin}/data.json`); // A page without the client.
    await page.evaluate(() => navigator.serviceWorker.register("/worker.js"));
    await expectTaken(2);
  });
});

describe("a network that fails behind a browser that says it is online", () => {
  it("costs no more than the wait for the event that it is back", async () => {
    const page = await open();
    await site.down();
    await track(page, 10);
    await page.waitForFunction(() => (sdk.client?.stats().repeats ?? 0) > 0);
    expect(await page.evaluate(() => navigator.onLine)).toBe(true);
    await site.up();
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await expectTaken(10);
  });
});
