import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Chromium } from "../../e2e/support/chromium.ts";
import { startChromium } from "../../e2e/support/chromium.ts";
import type { Collector } from "../../packages/browser/test/collector.ts";
import { startCollector } from "../../packages/browser/test/collector.ts";
import { until } from "../../packages/browser/test/page-trial.ts";
import { serveApplication } from "../../packages/browser/test/serve-application.ts";

const head = `
  <meta name="activity-token" content="the-token" />
  <meta name="activity-install-id" content="install-1" />
  <meta name="activity-user-id" content="user-1" />`;

let chromium: Chromium;
let server: Collector;
beforeAll(async () => {
  [chromium, server] = await Promise.all([startChromium(), startCollector()]);
  await serveApplication(server, "local-ui", { paths: ["/", "/sources", "/models"], head });
});
afterAll(async () => {
  await chromium.stop();
  await server.stop();
});

it("records work on a project, with what the local server stamped into its page", async () => {
  const { page } = await chromium.newTab();
  await page.goto(`${server.origin}/`);
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByRole("button", { name: "Add the example" }).click();
  await page.getByText("example-prices (duckdb)").waitFor();
  for (const [type, outcome] of [
    ["s3", "orders (s3)"],
    ["postgres", "The source could not be connected"],
  ] as const) {
    await page.getByRole("button", { name: "Add source" }).click();
    await page.getByLabel("Name").fill("orders");
    await page.getByLabel("Connector").selectOption(type);
    await page.getByRole("button", { name: "Connect" }).click();
    await page.getByText(outcome).waitFor();
  }
  await page.getByRole("button", { name: "Add source" }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("link", { name: "Models" }).click();
  await page.getByRole("button", { name: "New model" }).click();
  await page.getByRole("button", { name: "Preview" }).click();
  await page.close();

  const seen = () => server.events.map(({ event_type, event_name }) => `${event_type} ${event_name}`);
  const wanted = [
    "behavioral page_view",
    "behavioral mode_edit",
    "behavioral example_add",
    "behavioral source_modal",
    "behavioral source_add",
    "behavioral source_success",
    "behavioral source_cancel",
    "behavioral navigate",
    "behavioral model_create",
    "log source_log",
    "error connector_error",
    "error error",
    "metric screen_ready_ms",
  ];
  await until(
    () => wanted.every((event) => seen().includes(event)),
    () => `of ${wanted.join(", ")} there came ${seen().join(", ")}`,
  );
  for (const event of server.events)
    expect(event).toMatchObject({ install_id: "install-1", user_id: "user-1" });
  expect(new Set(server.requests.map(({ headers }) => headers["activity-token"]))).toEqual(
    new Set(["the-token"]),
  );
  expect(server.events.find(({ event_name }) => event_name === "connector_error")).toMatchObject({
    connection_type: "postgres",
    mode: "edit",
  });
});
