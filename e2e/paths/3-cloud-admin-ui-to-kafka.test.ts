/** Path 3: cloud admin UI → admin server's proxy → Kafka, with a real Chromium, the server as a process and a real Kafka. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Chromium } from "../support/chromium.ts";
import { startChromium } from "../support/chromium.ts";
import type { Component } from "../support/component.ts";
import { killAll, startComponent } from "../support/component.ts";
import type { KafkaBroker } from "../support/kafka-broker.ts";
import { startKafka } from "../support/kafka-broker.ts";
import { appProgram } from "../support/local-world.ts";
import { removeFolder } from "../support/remove-folder.ts";
import { signOut, visitAdminPage } from "../support/visits.ts";
import { expectAttributes, expectFourFields, expectWholeSources, time } from "./support/expect-events.ts";
import { eventNamed, expectEntryRefuses, post } from "./support/expect-refusals.ts";
import type { FarEnd, StoredEvent } from "./support/far-end.ts";
import { hold, namesOf, ofService, topicEnd } from "./support/far-end.ts";
import { closeClient, misuseClient, recordAtLast, statsOf } from "./support/page-client.ts";

const service = "admin-ui";
const timeoutMs = 240_000;
let broker: KafkaBroker;
let folder: string;
let chromium: Chromium;
let server: Component;
let address: string;
let topic: FarEnd;
/** How many events the clients of all pages have recorded. */
let recorded = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "activity-path-"));
  [broker, chromium] = await Promise.all([startKafka(), startChromium()]);
  await broker.createTopic("events", 3);
  topic = topicEnd(broker, "events");
  const environment = {
    KAFKA_BROKERS: broker.brokers.join(","),
    KAFKA_TOPIC: "events",
    ACTIVITY_DATA_DIR: folder,
    PORT: "0",
  };
  server = startComponent({ name: "admin-server", file: appProgram("cloud-admin-server"), environment });
  [, address = ""] = await server.line(/listens on (\S+)/);
}, timeoutMs);
afterAll(async () => {
  await chromium?.stop();
  killAll();
  await broker?.stop();
  removeFolder(folder);
});

it(
  "carries a visit from sign-in to sign-out, with the user whom the server knows",
  async () => {
    const { page } = await chromium.newTab();
    await page.goto(address);
    await visitAdminPage(page);
    // A page that goes away says with one event more that its source has ended.
    recorded += (await statsOf(page)).recorded + 1;
    await page.reload();
    await page.getByRole("link", { name: "Projects" }).click();
    await page.getByRole("link", { name: "sales-report" }).click();
    await page.getByRole("button", { name: "Make report" }).click();
    await signOut(page);
    const { refused, pending, dropped, ...left } = await closeClient(page);
    recorded += left.recorded;
    expect({ refused, pending, dropped }).toEqual({ refused: 0, pending: 0, dropped: 0 });
    await page.close();
    const events = await untilRecorded("the visit");
    const wanted = [
      "behavioral login_start",
      "behavioral deploy_success",
      "behavioral logout",
      "metric screen_ready_ms",
      "log session_restored",
      "error connector_error",
      "error error",
    ];
    expect(hold(events, ...wanted)).toBe(true);
    const signedIn = events.filter(({ event_name }) =>
      /deploy|invite|restored|connector|logout/.test(String(event_name)),
    );
    expectAttributes(signedIn, { user_id: "ann" });
    // The second was recorded after the sign-out.
    const last = events.filter(({ event_name }) => event_name === "source_closed");
    expect(last).toMatchObject([{ user_id: "ann" }, { user_id: null }]);
  },
  timeoutMs,
);

it(
  "carries what a tab had not sent when it was closed",
  async () => {
    const { page } = await chromium.newTab();
    await page.goto(address);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    const last = await recordAtLast(page);
    await page.close({ runBeforeUnload: false });
    expect(last.pending).toBeGreaterThanOrEqual(20);
    recorded += last.recorded + 1;
    await untilRecorded("what waited in the closed tab");
  },
  timeoutMs,
);

it(
  "refuses in the page what is no event",
  async () => {
    const { page } = await chromium.newTab();
    await page.goto(address);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(await misuseClient(page)).toBe(3);
    recorded += (await closeClient(page)).recorded;
    await page.close();
    expect(namesOf(await untilRecorded("what else the page recorded"))).not.toContain("behavioral ");
  },
  timeoutMs,
);

it(
  "refuses at the server what is no event",
  async () => expectEntryRefuses({ url: `${address}/v1/events`, headers: await signedInAs("ann") }, topic),
  timeoutMs,
);

it("lets nobody claim to be another: the user is the server's to say", async () => {
  const url = `${address}/v1/events`;
  const claimed = eventNamed("claimed", { user_id: "ann" });
  const reserved = { status: 422, body: { problems: [{ code: "reserved_key", pointer: "/user_id" }] } };
  expect(await post({ url, headers: await signedInAs("eve") }, [claimed])).toMatchObject(reserved);
  expect(await post({ url }, [claimed])).toMatchObject(reserved);
  expect(await post({ url, headers: await signedInAs("ann") }, [claimed])).toMatchObject({ status: 202 });
});

it(
  "ends on SIGTERM with nothing left, and every event of every page is there once",
  async () => {
    expect(await server.stop()).toBe(0);
    const [, delivered, taken] = await server.line(/stopped: (\d+) of (\d+) delivered, 0 left/);
    expect(delivered).toBe(taken);
    const events = await topic.read();
    expect(events).toHaveLength(Number(taken));
    expectFourFields(events);
    await expectWholeSources(events, { service, closed: 4 });
    const own = ofService(events, service);
    expect(own).toHaveLength(recorded);
    const stamps = { received_at: time, client_id: expect.any(String), session_id: expect.any(String) };
    expectAttributes(own, {
      service_version: "1.0.0",
      app_name: "cloud-admin",
      is_dev: true,
      received_at: time,
    });
    expectAttributes(
      own.filter(({ event_type }) => event_type !== "telemetry"),
      { ...stamps, page_url: expect.stringContaining(address) },
    );
  },
  timeoutMs,
);

/** Waits until as many events of pages are there as their clients have recorded. */
async function untilRecorded(what: string): Promise<readonly StoredEvent[]> {
  const events = await topic.until((all) => ofService(all, service).length >= recorded, what);
  return ofService(events, service);
}

/** What the browser of a page sends with its requests when somebody is signed in. */
async function signedInAs(user: string): Promise<Readonly<Record<string, string>>> {
  const response = await fetch(`${address}/api/login`, { method: "POST", body: JSON.stringify({ user }) });
  const cookie = response.headers.get("set-cookie")?.split(";")[0] ?? "";
  return { cookie, "sec-fetch-site": "same-origin" };
}
