import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Chromium } from "../../e2e/support/chromium.ts";
import { startChromium } from "../../e2e/support/chromium.ts";
import type { Collector } from "../../packages/browser/test/collector.ts";
import { startCollector } from "../../packages/browser/test/collector.ts";
import { until } from "../../packages/browser/test/page-trial.ts";
import { serveApplication } from "../../packages/browser/test/serve-application.ts";

let chromium: Chromium;
let server: Collector;
beforeAll(async () => {
  [chromium, server] = await Promise.all([startChromium(), startCollector()]);
  await serveApplication(server, "cloud-admin-ui", { paths: ["/", "/projects", "/people"] });
  let user: string | undefined;
  server.routes.set("GET /api/me", (_, response) => {
    response.writeHead(user === undefined ? 401 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify({ user }));
  });
  server.routes.set("POST /api/login", (_, response) => {
    user = "ann";
    response.writeHead(204).end();
  });
  server.routes.set("POST /api/logout", (_, response) => {
    user = undefined;
    response.writeHead(204).end();
  });
});
afterAll(async () => {
  await chromium.stop();
  await server.stop();
});

it("records a visit from sign-in to sign-out, and never a name or an address of a person", async () => {
  const { page } = await chromium.newTab();
  await page.goto(`${server.origin}/`);
  await page.getByLabel("Name").fill("ann");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("link", { name: "sales-report" }).click();
  await page.getByRole("button", { name: "Deploy" }).click();
  await page.getByText("sales-report is deployed.").waitFor();
  await page.getByRole("button", { name: "Connect GitHub" }).click();
  await page.getByText("GitHub could not be connected.").waitFor();
  await page.getByRole("button", { name: "Make report" }).click();
  await page.getByRole("link", { name: "People" }).click();
  await page.getByLabel("E-mail addresses").fill("bob@example.org,eve@example.org");
  await page.getByRole("button", { name: "Invite" }).click();
  await page.getByText("The invitation is on its way.").waitFor();
  await page.getByRole("button", { name: "Sign out ann" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.close();

  const seen = () => server.events.map(({ event_type, event_name }) => `${event_type} ${event_name}`);
  const wanted = [
    "behavioral page_view",
    "behavioral login_start",
    "behavioral login_success",
    "behavioral navigate",
    "behavioral deploy_intent",
    "behavioral deploy_success",
    "behavioral ghconnected_start",
    "error connector_error",
    "error error",
    "behavioral user_invite",
    "behavioral logout",
    "metric screen_ready_ms",
  ];
  await until(
    () => wanted.every((event) => seen().includes(event)),
    () => `of ${wanted.join(", ")} there came ${seen().join(", ")}`,
  );
  const texts = JSON.stringify(server.events);
  expect(texts).not.toMatch(/@|%40|"ann"|"user_id"/);
  const gestures = server.events.filter(({ event_name }) => event_name === "navigate");
  expect(gestures.map(({ medium, screen_name }) => [medium, screen_name])).toEqual([
    ["button", "project"],
    ["tab", "people"],
  ]);
  expect(server.events.find(({ event_name }) => event_name === "connector_error")).toMatchObject({
    api: "/api/github/connect",
    status: 404,
    screen_name: "project",
    project_id: "sales-report",
  });
});

it("records nothing when usage data is not shared, and says so to the next page too", async () => {
  const { page } = await chromium.newTab(await chromium.newContext());
  await page.goto(`${server.origin}/`);
  const before = server.requests.length;
  await page.getByLabel("Share usage data").uncheck();
  await page.reload();
  expect(await page.getByLabel("Share usage data").isChecked()).toBe(false);
  await page.getByLabel("Name").fill("ann");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Projects" }).waitFor();
  await page.close();
  expect(
    server.requests.slice(before).flatMap(({ events }) => events.map(({ event_name }) => event_name)),
  ).not.toContain("login_start");
});
