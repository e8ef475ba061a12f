/** Path 5: local UI → local server's proxy → intake, with a real Chromium, and server and intake as processes. */
import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Chromium } from "../support/chromium.ts";
import { startChromium } from "../support/chromium.ts";
import type { Component } from "../support/component.ts";
import { killAll } from "../support/component.ts";
import { visitLocalPage } from "../support/visits.ts";
import { expectAttributes, expectFourFields, expectWholeSources } from "./support/expect-events.ts";
import { eventNamed, expectEntryRefuses, post } from "./support/expect-refusals.ts";
import type { StoredEvent } from "./support/far-end.ts";
import { hold, namesOf, ofService } from "./support/far-end.ts";
import type { LocalTrial } from "./support/local-trial.ts";
import { createLocalTrial } from "./support/local-trial.ts";
import { closeClient, misuseClient, recordAtLast, statsOf } from "./support/page-client.ts";

const service = "local-ui";
const timeoutMs = 240_000;
let world: LocalTrial;
let chromium: Chromium;
let intake: Component;
let server: Component;
let address: string;
/** How many events the clients of all pages have recorded. */
let recorded = 0;

beforeAll(async () => {
  [world, chromium] = await Promise.all([createLocalTrial(), startChromium()]);
  intake = await world.startIntake();
  expect(await world.command("login", "--user", "ada").ended).toBe(0);
  server = world.command("start", "--port", "0");
  [, address = ""] = await server.line(/listens on (\S+)/);
}, timeoutMs);
afterAll(async () => {
  await chromium?.stop();
  killAll();
  world?.remove();
});

it(
  "carries a visit, with the user and the installation that the local server knows",
  async () => {
    const { page } = await chromium.newTab();
    await page.goto(address);
    await visitLocalPage(page);
    await page.getByRole("button", { name: "Preview" }).click();
    await page.getByRole("link", { name: "Sources" }).click();
    await page.getByRole("button", { name: "Add source" }).click();
    await page.getByLabel("Name").fill("prices");
    await page.getByRole("button", { name: "Connect" }).click();
    await page.getByText("prices is connected.").waitFor();
    const { refused, pending, dropped, ...left } = await closeClient(page);
    expect({ refused, pending, dropped }).toEqual({ refused: 0, pending: 0, dropped: 0 });
    recorded += left.recorded;
    await page.close();
    const wanted = [
      "behavioral page_view",
      "behavioral mode_edit",
      "behavioral model_create",
      "metric screen_ready_ms",
      "log source_log",
      "error connector_error",
      "error error",
    ];
    expect(hold(await untilRecorded("the visit"), ...wanted)).toBe(true);
  },
  timeoutMs,
);

it(
  "takes events while the intake is down, and they arrive when it is back",
  async () => {
    const { page } = await chromium.newTab();
    await page.goto(address);
    await page.getByRole("heading", { name: "Sources" }).waitFor();
    await intake.kill();
    await visitLocalPage(page);
    const { recorded: taken } = await statsOf(page);
    const answer = page.waitForResponse("**/v1/events");
    const left = await closeClient(page);
    // The page has nothing to wait for: 202 means that the local server has it on disk.
    expect((await answer).status()).toBe(202);
    expect(left).toMatchObject({ recorded: taken + 1, delivered: taken + 1, pending: 0 });
    expect(ofService(await world.waiting(), service).length).toBeGreaterThan(0);
    recorded += left.recorded;
    await page.close();
    intake = await world.startIntake();
    await untilRecorded("what the local server had taken");
  },
  timeoutMs,
);

it(
  "carries what a tab had not sent when it was closed",
  async () => {
    const { page } = await chromium.newTab();
    await page.goto(address);
    await page.getByRole("heading", { name: "Sources" }).waitFor();
    const last = await recordAtLast(page);
    await page.close({ runBeforeUnload: false });
    expect(last.pending).toBeGreaterThanOrEqual(20);
    recorded += last.recorded + 1;
    await untilRecorded("what waited in the closed tab");
  },
  timeoutMs,
);

it(
  "carries what an open page records as its own user's when another signs in on the machine",
  async () => {
    const { page } = await chromium.newTab();
    await page.goto(address);
    await page.getByRole("heading", { name: "Sources" }).waitFor();
    expect(await world.command("login", "--user", "bob").ended).toBe(0);
    const left = await closeClient(page);
    expect(left).toMatchObject({ rejected: 0, pending: 0, dropped: 0 });
    recorded += left.recorded;
    await page.close();
    const events = await untilRecorded("what the page of the former user recorded");
    expectAttributes(ofThePage(events), { user_id: "ada" });
  },
  timeoutMs,
);

it(
  "refuses in the page what is no event",
  async () => {
    const { page } = await chromium.newTab();
    await page.goto(address);
    await page.getByRole("heading", { name: "Sources" }).waitFor();
    expect(await misuseClient(page)).toBe(3);
    recorded += (await closeClient(page)).recorded;
    await page.close();
    expect(namesOf(await untilRecorded("what else the page recorded"))).not.toContain("behavioral ");
  },
  timeoutMs,
);

it(
  "refuses at the local server what is no event, and what is not from its own page",
  async () => {
    const url = `${address}/v1/events`;
    expect(await post({ url }, [eventNamed("foreign")])).toMatchObject({ status: 401 });
    const [, token = ""] =
      /name="activity-token" content="([^"]+)"/.exec(await (await fetch(address)).text()) ?? [];
    await expectEntryRefuses({ url, headers: { "activity-token": token } }, world.stored);
  },
  timeoutMs,
);

it(
  "keeps nothing where telemetry is switched off, and its answer says so",
  async () => {
    const silent = await createLocalTrial({ DO_NOT_TRACK: "1" });
    const off = silent.command("start", "--port", "0");
    try {
      const [, own = ""] = await off.line(/listens on (\S+)/);
      const page = await (await fetch(own)).text();
      expect(page).toContain('name="activity-enabled" content="false"');
      const [, token = ""] = /name="activity-token" content="([^"]+)"/.exec(page) ?? [];
      const response = await postOne(own, token);
      expect(response.status).toBe(202);
      expect(await response.json()).toMatchObject({ accepted: 0, discarded: 1 });
      expect(await off.stop()).toBe(0);
      expect(readdirSync(silent.folders.home)).toEqual([]);
    } finally {
      silent.remove();
    }
  },
  timeoutMs,
);

it(
  "keeps nothing from the moment on when telemetry is switched off",
  async () => {
    const changing = await createLocalTrial({ ACTIVITY_TELEMETRY: "" });
    try {
      expect(await changing.command("telemetry", "enable").ended).toBe(0);
      const running = changing.command("start", "--port", "0");
      const [, own = ""] = await running.line(/listens on (\S+)/);
      const [, token = ""] =
        /name="activity-token" content="([^"]+)"/.exec(await (await fetch(own)).text()) ?? [];
      expect(await (await postOne(own, token)).json()).toMatchObject({ accepted: 1, discarded: 0 });
      expect(await changing.command("telemetry", "disable").ended).toBe(0);
      // Its choice is looked at once a second.
      let answer: unknown;
      for (let tries = 0; tries < 1_200 && !/"discarded":1/.test(JSON.stringify(answer)); tries++) {
        await sleep(50);
        answer = await (await postOne(own, token)).json();
      }
      expect(answer).toMatchObject({ accepted: 0, discarded: 1 });
      expect(await (await fetch(own)).text()).toContain('name="activity-enabled" content="false"');
      expect(await running.stop()).toBe(0);
      expect(await changing.waiting()).toEqual([]);
    } finally {
      changing.remove();
    }
  },
  timeoutMs,
);

it("refuses at the intake what is no event", () => expectEntryRefuses(world.entry, world.stored), timeoutMs);

it(
  "ends on SIGTERM with nothing left, and every event of every page is there once",
  async () => {
    expect(await server.stop()).toBe(0);
    await server.line(/stopped: .* 0 wait for the next start/);
    await world.untilNothingWaits();
    expect(await intake.stop()).toBe(0);
    const events = await world.stored.read();
    expectFourFields(events);
    await expectWholeSources(events, { service, closed: 5 });
    const own = ofService(events, service);
    expect(own).toHaveLength(recorded);
    expectAttributes(own, {
      service_version: "1.0.0",
      app_name: "local",
      install_id: world.installId("acme-cli"),
    });
    expectAttributes(ofThePage(own), {
      page_url: expect.stringContaining(address),
      client_id: expect.any(String),
      user_id: expect.stringMatching(/^(?:ada|bob)$/),
    });
  },
  timeoutMs,
);

/** Waits until as many events of pages are there as their clients have recorded. */
async function untilRecorded(what: string): Promise<readonly StoredEvent[]> {
  const events = await world.stored.until((all) => ofService(all, service).length >= recorded, what);
  return ofService(events, service);
}

/** Without what the client says of itself. */
function ofThePage(events: readonly StoredEvent[]): readonly StoredEvent[] {
  return events.filter(({ event_type }) => event_type !== "telemetry");
}

/** Posts an event as the page of a local server does. */
function postOne(address: string, token: string): Promise<Response> {
  return fetch(`${address}/v1/events`, {
    method: "POST",
    headers: { "content-type": "application/json", "activity-token": token },
    body: JSON.stringify({
      event_id: `off-${randomUUID()}`,
      event_time: "2026-03-01T12:00:00Z",
      event_type: "behavioral",
      event_name: "page_view",
    }),
  });
}
