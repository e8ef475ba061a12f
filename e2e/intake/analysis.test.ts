/** The shipped views over what real programs sent: a command line, the local page in a real browser, a runtime. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { LocalTrial } from "../paths/support/local-trial.ts";
import { createLocalTrial } from "../paths/support/local-trial.ts";
import { closeClient } from "../paths/support/page-client.ts";
import type { Chromium } from "../support/chromium.ts";
import { startChromium } from "../support/chromium.ts";
import { killAll } from "../support/component.ts";
import { visitLocalPage } from "../support/visits.ts";
import { runCommand } from "./support/intake-process.ts";

const timeoutMs = 240_000;
let world: LocalTrial;
let chromium: Chromium;

beforeAll(async () => {
  [world, chromium] = await Promise.all([createLocalTrial(), startChromium()]);
  await world.startIntake();
  await world.command("login", "--user", "ada").ended;
  await world.command("deploy").ended;
  const server = world.command("start", "--port", "0");
  const [, address = ""] = await server.line(/listens on (\S+)/);
  const { page } = await chromium.newTab();
  await page.goto(address);
  await visitLocalPage(page);
  await closeClient(page);
  await server.stop();
  await world.untilNothingWaits();
}, timeoutMs);
afterAll(async () => {
  await chromium?.stop();
  killAll();
  world?.remove();
});

async function query(sql: string): Promise<readonly Record<string, unknown>[]> {
  const environment = { ACTIVITY_DATA_DIR: world.folders.intake };
  const { code, stdout, output } = await runCommand(environment, ["query", "--json", sql]);
  expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
  return stdout
    .trimEnd()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>); // An object a row.
}

it("reads every stored event, once", async () => {
  const stored = await world.stored.read();
  expect(
    await query("SELECT count(*) AS events, count(DISTINCT event_id) AS ids FROM unique_events"),
  ).toEqual([{ events: String(stored.length), ids: String(stored.length) }]);
  const [times] = await query("SELECT count(*) AS without FROM events WHERE event_time IS NULL");
  expect(times).toEqual({ without: "0" });
});

it("finds one person in the command line and on the local page", async () => {
  const [person, ...others] = await query("SELECT * FROM persons ORDER BY events DESC");
  expect(person).toMatchObject({
    person: "user:ada",
    services: expect.arrayContaining(["acme-cli", "local-ui"]),
    installs: "1",
    browsers: "1",
  });
  expect(others).toEqual([]);
});

it("finds the visit, the day and what went wrong", async () => {
  const visits = await query("SELECT * FROM sessions WHERE service_name = 'local-ui'");
  expect(visits).toMatchObject([{ person: "user:ada", first_event: "page_view" }]);
  const days = await query("SELECT DISTINCT service_name, persons FROM daily_active ORDER BY service_name");
  expect(days).toEqual([
    { service_name: "acme-cli", persons: "1" },
    { service_name: "all", persons: "1" },
    { service_name: "local-ui", persons: "1" },
  ]);
  const errors = await query("SELECT service_name, event_name, people FROM errors");
  expect(errors).toContainEqual({ service_name: "local-ui", event_name: "connector_error", people: "1" });
});

it("audits them: every number of every source is there", async () => {
  const { code, stdout } = await runCommand({ ACTIVITY_DATA_DIR: world.folders.intake }, ["audit", "--json"]);
  expect({ code, audit: JSON.parse(stdout) }).toMatchObject({
    code: 0,
    audit: { damaged: 0, report: { lost: 0, duplicated: 0, opaque: 0 } },
  });
});
