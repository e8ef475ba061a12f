/** The pages under `recipes/`, built and served as a host would, under a strict Content-Security-Policy. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { run } from "../../tools/run.mjs";
import type { Chromium, Tab } from "../support/chromium.ts";
import { startChromium } from "../support/chromium.ts";
import { freePort } from "../support/free-ports.ts";
import type { Site, SiteFile } from "./site.ts";
import { startSite } from "./site.ts";
import { until } from "./world.ts";

const folder = fileURLToPath(new URL("recipes/", import.meta.url));
const modules = fileURLToPath(new URL("../node_modules/", import.meta.url));
const vite = join(modules, "vite", "bin", "vite.js");
const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
};
const headers = { "content-security-policy": "default-src 'self'" };

let chromium: Chromium;
beforeAll(async () => {
  chromium = await startChromium();
});
afterAll(() => chromium.stop());

describe("a page of plain HTML", () => {
  it("records through the file for script tags", async () => {
    const file = (name: string): SiteFile => ({
      type: types[extname(name)] ?? "",
      body: readFileSync(name, "utf8"),
    });
    const files = new Map([
      ["/", file(join(folder, "script-tag", "index.html"))],
      ["/page.js", file(join(folder, "script-tag", "page.js"))],
      ["/activity.min.js", file(join(modules, "@activity", "browser", "dist", "script", "activity.min.js"))],
    ]);
    await onPage(files, async ({ page, problems }, site) => {
      await page.getByRole("button", { name: "New order" }).click();
      await page.getByRole("button", { name: "Show all" }).click();
      const events = await arrived(site, ["page_view", "order_create", "error"]);
      expect(events[2]).toMatchObject({ message: expect.stringContaining("the list of orders is no list") });
      expect(problems).toEqual([expect.stringContaining("uncaught: Error: the list of orders is no list")]);
    });
  });
});

describe("a page built with React", () => {
  it("records what its visitor does, and what its components throw", async () => {
    await onPage(await built("react"), async ({ page, problems }, site) => {
      await page.getByRole("button", { name: "New order" }).click();
      await page.getByRole("button", { name: "Show all" }).click();
      const events = await arrived(site, ["page_view", "order_create", "error"]);
      expect(events[2]).toMatchObject({
        message: "the list of orders is no list",
        component_stack: expect.stringMatching(/at /),
      });
      expect(problems).toEqual([]);
    });
  });

  it("does so behind a development server that proxies", async () => {
    const site = await startSite({ script: "", proxyPath: "/v1/events" });
    const port = await freePort();
    const args = [vite, join(folder, "react"), "--host", "127.0.0.1", "--port", String(port), "--strictPort"];
    const server = spawn(process.execPath, args, {
      cwd: join(folder, "react"),
      env: { ...process.env, ORDERS_SERVER: site.origin },
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      await once(server.stdout, "data");
      const { page } = await chromium.newTab();
      await page.goto(`http://127.0.0.1:${port}/`);
      await page.getByRole("button", { name: "New order" }).click();
      await arrived(site, ["page_view", "order_create"]);
      await page.close();
    } finally {
      server.kill("SIGKILL");
      await site.stop();
    }
  });

  it("renders on a server, where nothing is recorded and nothing stays open", async () => {
    // Beside the packages that a server would find.
    const out = mkdtempSync(join(modules, ".rendered-"));
    try {
      const target = ["--ssr", join(folder, "server-rendering", "render.tsx"), "--outDir", out];
      await runVite(["build", join(folder, "react"), ...target, "--emptyOutDir"]);
      const code = `const { renderPage, activity } = await import(process.argv[1]);
        console.log(JSON.stringify({ html: renderPage(), recorded: activity.stats().recorded }));`;
      const { code: status, output } = await run(
        process.execPath,
        ["--input-type=module", "-e", code, join(out, "render.js")],
        { output: "keep", cwd: join(folder, "react") },
      );
      expect(output).toContain(`"recorded":0`);
      expect(output).toContain("New order");
      expect(status).toBe(0);
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  });
});

describe("a page built with Svelte", () => {
  it("records what its visitor does, and what its boundary keeps", async () => {
    await onPage(await built("svelte"), async ({ page, problems }, site) => {
      await page.getByRole("button", { name: "New order" }).click();
      await page.getByRole("button", { name: "Show all" }).click();
      await page.getByText("The orders cannot be shown.").waitFor();
      const events = await arrived(site, ["page_view", "order_create", "error"]);
      expect(events[2]).toMatchObject({ message: "the list of orders is no list" });
      expect(problems).toEqual([]);
    });
  });
});

describe("a page with a worker", () => {
  it("records what the worker tells, and the worker what it does", async () => {
    await onPage(await built("web-worker"), async ({ page, problems }, site) => {
      await page.getByText("done").waitFor();
      const events = await arrived(site, ["rows_read", "import_end"]);
      expect(events).toMatchObject([{ rows: 1_000 }, { rows: 1_000 }]);
      expect(problems).toEqual([]);
    });
  });
});

/** Builds a recipe as its author would. */
async function built(name: string): Promise<ReadonlyMap<string, SiteFile>> {
  const out = mkdtempSync(join(tmpdir(), "activity-recipe-"));
  try {
    await runVite(["build", join(folder, name), "--outDir", out, "--emptyOutDir"]);
    const files = readdirSync(out, { recursive: true, encoding: "utf8" }).flatMap((file) => {
      const type = types[extname(file)];
      const path = `/${file.split(sep).join("/")}`.replace("/index.html", "/");
      return type === undefined
        ? []
        : [[path, { type, body: readFileSync(join(out, file), "utf8") }] as const];
    });
    return new Map(files);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

async function runVite(args: readonly string[]): Promise<void> {
  const root = args.find((arg) => arg.startsWith(folder)) ?? folder;
  const { code, output } = await run(process.execPath, [vite, ...args, "--logLevel", "error"], {
    cwd: root,
    output: "keep",
  });
  if (code !== 0) throw new Error(`the recipe could not be built:\n${output}`);
}

async function onPage(
  files: ReadonlyMap<string, SiteFile>,
  visit: (tab: Tab, site: Site) => Promise<void>,
): Promise<void> {
  const site = await startSite({ script: "", proxyPath: "/v1/events", files, headers });
  const tab = await chromium.newTab(await chromium.newContext());
  try {
    await tab.page.goto(site.origin);
    await visit(tab, site);
  } finally {
    await tab.page.context().close();
    await site.stop();
  }
}

/** Waits for events of these names and returns the first of each. */
async function arrived(site: Site, names: readonly string[]): Promise<readonly object[]> {
  const find = (name: string): object | undefined =>
    site.arrived.find(({ event_name }) => event_name === name);
  await until(() => names.every((name) => find(name) !== undefined), 60_000);
  expect(site.arrived.map(({ event_name }) => event_name)).toEqual(expect.arrayContaining([...names]));
  return names.map((name) => find(name) ?? {});
}
