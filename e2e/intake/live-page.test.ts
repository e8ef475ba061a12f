/** The live page in a real Chromium: what arrives is shown as it comes, as text, and everything can be done by keyboard. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Chromium, Page, Tab } from "../support/chromium.ts";
import { startChromium } from "../support/chromium.ts";
import { freePort } from "../support/free-ports.ts";
import type { IntakeProcess } from "./support/intake-process.ts";
import { killIntakes, launchIntake, scratchFolder } from "./support/intake-process.ts";
import { postEvents } from "./support/load.ts";

const timeoutMs = 240_000;
const folder = scratchFolder();
/** Its page stays where it is over a restart. */
let environment: Readonly<Record<string, string>>;
let chromium: Chromium;
let intake: IntakeProcess;
let tab: Tab;
let page: Page;

beforeAll(async () => {
  environment = { ACTIVITY_DATA_DIR: folder.path, ACTIVITY_ADMIN_PORT: String(await freePort()) };
  [chromium, intake] = await Promise.all([startChromium(), launchIntake(environment)]);
  tab = await chromium.newTab();
  page = tab.page;
  await page.goto(intake.page);
}, timeoutMs);
afterAll(async () => {
  await chromium?.stop();
  killIntakes();
  folder.remove();
});

const hostile = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;

describe("the live page", () => {
  it("says how to send the first event, with a command that works", async () => {
    await page.getByRole("heading", { name: "Nothing has arrived yet" }).waitFor();
    const command = await page.locator("#sample").textContent();
    const [, body = ""] = /-d '(.*)'$/s.exec(command ?? "") ?? [];
    const headers = { "content-type": "application/json" };
    expect((await fetch(intake.url, { method: "POST", headers, body })).status).toBe(202);
    await page.locator("#event-list .name", { hasText: "hello" }).waitFor();
    await page.getByRole("heading", { name: "Nothing has arrived yet" }).waitFor({ state: "hidden" });
    // It has said that nothing is stored, and looks again by itself.
    await page.locator("#audit", { hasText: "1 events stored" }).waitFor();
  });

  it("shows events as they come and rejected ones with the reason, as text", async () => {
    const event = {
      event_id: "evil.1",
      event_time: "2026-01-02T03:04:05Z",
      event_type: hostile,
      event_name: hostile,
    };
    const body = `${JSON.stringify({ ...event, big: "12345678901234567890" }).replace('"12345678901234567890"', "12345678901234567890")}\n${JSON.stringify({ ...event, event_time: hostile })}`;
    await fetch(intake.url, { method: "POST", headers: { "content-type": "application/x-ndjson" }, body });
    const row = page.locator("#event-list li", { hasText: "evil.1" });
    await row.locator("summary").click();
    expect(await row.locator("pre").textContent()).toContain('"big": 12345678901234567890');
    expect(await row.locator(".name").textContent()).toBe(hostile);
    await page.locator("#rejected-list .chip", { hasText: "bad_time" }).waitFor();
    await page.locator(".tile", { hasText: "Rejected" }).getByText("1", { exact: true }).waitFor();
    expect(await page.locator("main img, main script").count()).toBe(0);
    expect(await page.title()).toBe("Intake · activity");
  });

  it("counts types, audits and answers questions", async () => {
    await postEvents(
      intake.url,
      [1, 2, 4].map((n) => `a-page-of-the-product.${n}`),
    );
    await page.locator("#rates tr", { hasText: "behavioral" }).getByText("4", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Audit now" }).click();
    await page.locator("#audit", { hasText: "1 lost" }).waitFor();
    expect(await page.locator("#audit").textContent()).toContain("a-page-of-the-product 3");
    await page
      .getByLabel("A SELECT")
      .fill("SELECT count(*) AS events FROM unique_events WHERE event_id LIKE 'a-page%'");
    await page.getByLabel("A SELECT").press("Control+Enter");
    await page.locator("table.result tbody").getByText("3", { exact: true }).waitFor();
    await page.getByLabel("A SELECT").fill("DROP VIEW events");
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByText("only a SELECT is allowed").waitFor();
  });

  it("is used by keyboard: find, open, pause", async () => {
    await page.locator("body").press("/");
    await page.keyboard.type("product.2");
    await page.locator("#event-list li:visible").waitFor();
    expect(await page.locator("#event-list li:visible").count()).toBe(1);
    await page.keyboard.press("Tab"); // Pause
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Resume" }).waitFor();
    await postEvents(intake.url, ["paused.1"]);
    await page.getByRole("button", { name: "Resume (1 new)" }).press("p");
    await page.getByLabel("Filter the events").fill("");
    await page.locator("#event-list li", { hasText: "paused.1" }).locator("summary").press("Enter");
    await page.locator("#event-list pre", { hasText: '"event_id": "paused.1"' }).waitFor();
  });

  it("has one stop of the Tab key for a list, and arrows within it", async () => {
    const focused = (): Promise<unknown> =>
      page.evaluate("document.activeElement.textContent + ' ' + document.activeElement.id");
    await page.locator("#pause").focus();
    await page.keyboard.press("Tab");
    const first = await focused();
    await page.keyboard.press("ArrowDown");
    const second = await focused();
    expect(second).not.toBe(first);
    await postEvents(intake.url, ["later.1"]);
    await page.locator("#event-list li", { hasText: "later.1" }).waitFor();
    expect(await focused()).toBe(second);
    await page.keyboard.press("Home");
    expect(await focused()).toContain("later.1");
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowDown");
    expect(await focused()).toContain("hello");
    await page.keyboard.press("Tab");
    expect(await focused()).toContain("audit-run");
  });

  it("keeps a long type within its cell, and leaves the room of a row to the name", async () => {
    const type = "a_type_with_a_name_that_goes_on_and_on_and_does_not_end";
    const event = {
      event_id: "long.1",
      event_time: "2026-01-02T03:04:05Z",
      event_type: type,
      event_name: "n".repeat(200),
    };
    const headers = { "content-type": "application/json" };
    await fetch(intake.url, { method: "POST", headers, body: JSON.stringify(event) });
    const chip = page.locator("#rates tr", { hasText: type }).locator(".chip");
    await chip.waitFor();
    const edges = `const row = [...document.querySelectorAll("#rates tr")].find((one) => one.textContent.includes("${type}"));
      [row.querySelector(".chip").getBoundingClientRect().right, row.querySelector("td").getBoundingClientRect().left]`;
    const [right, left] = await page.evaluate<[number, number]>(edges);
    expect(right).toBeLessThanOrEqual(left);
    expect(await chip.getAttribute("title")).toBe(type);
    await page.setViewportSize({ width: 1_360, height: 900 });
    const name = page.locator("#event-list li", { hasText: "long.1" }).locator(".name");
    expect((await name.boundingBox())?.width).toBeGreaterThan(480);
  });

  it("has nothing that keeps anybody out, in light and dark, wide and narrow", async () => {
    const path = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
    const axe = readFileSync(path, "utf8");
    // The page's own policy does not let us bring a script.
    const context = await chromium.browser.newContext({ bypassCSP: true });
    const visitor = await context.newPage();
    await visitor.goto(intake.page);
    await visitor.locator("#event-list li").first().waitFor();
    for (const colorScheme of ["light", "dark"] as const) {
      for (const width of [1_360, 390]) {
        await visitor.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await visitor.setViewportSize({ width, height: 900 });
        await visitor.evaluate(axe);
        const found = await visitor.evaluate<{ id: string; targets: string[] }[]>(
          "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => ({ id, targets: nodes.map(({ html }) => html) })))",
        );
        expect({ colorScheme, width, found }).toEqual({ colorScheme, width, found: [] });
        const overflow = await visitor.evaluate("document.documentElement.scrollWidth > innerWidth");
        expect({ width, overflow }).toEqual({ width, overflow: false });
      }
    }
    await context.close();
  });

  it("says when the intake is gone, and goes on when it is back", async () => {
    await intake.end("SIGKILL");
    await page.getByRole("status").filter({ hasText: "connection lost" }).waitFor();
    intake = await launchIntake(environment);
    await page.getByRole("status").filter({ hasText: "taking events" }).waitFor();
    await postEvents(intake.url, ["back.1"]);
    await page.locator("#event-list li", { hasText: "back.1" }).waitFor();
    const problems = tab.problems.filter(
      (text) => !/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|422|ERR_EMPTY/.test(text),
    );
    expect(problems).toEqual([]);
  });
});
