import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "@jest/globals";
import { startChromium } from "../../../e2e/support/chromium.ts";
import { run } from "../../../tools/run.mjs";
import { startTrial } from "../test/page-trial.ts";

const folder = fileURLToPath(new URL("../", import.meta.url));

it("works from a script tag, under a policy that allows the page's own origin only", async () => {
  // Others read what lies in `dist` meanwhile.
  const out = mkdtempSync(join(tmpdir(), "activity-script-"));
  const built = await run(process.execPath, ["build-script-tag.mjs", out], { cwd: folder, output: "keep" });
  expect(built).toMatchObject({ code: 0 });
  const script = readFileSync(join(out, "activity.min.js"), "utf8");
  expect(readFileSync(join(out, "THIRD-PARTY-NOTICES.txt"), "utf8")).toMatch(/nanoid[\s\S]*MIT/);
  rmSync(out, { recursive: true });
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
});
