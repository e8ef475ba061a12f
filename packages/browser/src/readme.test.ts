import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineCatalog } from "@activity/core/catalog";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import * as v from "valibot";
import type { Chromium } from "../../../e2e/support/chromium.ts";
import { startChromium } from "../../../e2e/support/chromium.ts";
import { bundle } from "../test/bundle.ts";
import { startTrial } from "../test/page-trial.ts";
import { createBrowserClient } from "./index.ts";

let chromium: Chromium;
beforeAll(async () => {
  chromium = await startChromium();
});
afterAll(() => chromium.stop());

it("has a README whose sample records", async () => {
  const readme = readFileSync(fileURLToPath(new URL("../README.md", import.meta.url)), "utf8");
  const [, sample = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const trial = await startTrial(chromium);
  try {
    const { page, problems } = await trial.open();
    await page.addScriptTag({ content: (await bundle(sample)).text });
    expect(await trial.arrived(3)).toEqual(["page_view", "login_start", "render_ms"]);
    expect(problems).toEqual([]);
  } finally {
    await trial.stop();
  }
});

it("knows the names and attributes of a catalog when it is compiled", () => {
  const catalog = defineCatalog(
    {
      behavioral: { login_start: v.object({ method: v.string() }), logout: null },
      metric: { render_ms: v.object({ screen_name: v.string() }) },
    },
    { open: ["log"] },
  );
  const client = createBrowserClient<typeof catalog>({ url: "/v1/events", service: { name: "shop" } });
  client.track("login_start", { method: "github" });
  client.track("logout");
  client.recordMetric("render_ms", 1, { screen_name: "home" });
  client.record("log", "anything", { any: "attribute" });
  // @ts-expect-error a typo in the name
  client.track("login_strat", { method: "github" });
  // @ts-expect-error a wrong attribute
  client.track("login_start", { method: 3 });
  // @ts-expect-error a type that the catalog does not have
  client.record("error", "connector_error");
  expect(client.stats().recorded).toBe(0);
});
