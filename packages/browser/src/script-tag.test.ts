import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "@jest/globals";
import { startChromium } from "../../../e2e/support/chromium.ts";
import { run } from "../../../tools/run.mjs";
import { startTrial } from "../test/page-trial.ts";

const folder = fileURLToPath(new URL("../", import.meta.url));

it("works from a script tag, under a policy that allows the page's own origin only", async () => {
  const built = await run(process.execPath, ["build-script-tag.mjs"], { cwd: folder, output: "keep" });
  expect(built).toMatchObject({ code: 0 });
  const script = readFileSync(`${folder}dist/script/activity.min.js`, "utf8");
  expect(readFileSync(`${folder}dist/script/THIRD-PARTY-NOTICES.txt`, "utf8")).toMatch(/nanoid[\s\S]*MIT/);
  const chromium = await startChromium();
  const trial = await startTrial(chromium);
  try {
    const own = `activity.createBrowserClient({
      url: "/v1/events", service: { name: "shop" }, consent: "granted", plugins: [activity.pageViews()],
    }).track("click");`;
    const html = `<!doctype html><script src="/activity.min.js"></script><script src="/page.js"></script>`;
    const headers = { "content-security-policy": "default-src 'self'" };
    trial.collector.pages.set("/plain", { type: "text/html", body: html, headers });
    trial.collector.pages.set("/activity.min.js", { type: "text/javascript", body: script });
    trial.collector.pages.set("/page.js", { type: "text/javascript", body: own });
    const { problems } = await trial.open("/plain");
    expect(await trial.arrived(2)).toEqual(["page_view", "click"]);
    expect(problems).toEqual([]);
  } finally {
    await trial.stop();
    await chromium.stop();
  }
}, 60_000);
