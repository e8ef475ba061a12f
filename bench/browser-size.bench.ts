/**
 * What a page must load, in gzip bytes, minified, by a bundler that makes files of their own of what is loaded later:
 * what stands between it and the first recorded event (the file that is loaded at once and everything that it imports),
 * and with it what is loaded afterwards. Also what each plugin and subpath adds at once, the whole in one file, and with
 * `--peers` the same of other SDKs, bundled by the same settings.
 */

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { BuildOptions } from "esbuild";
import { build } from "esbuild";
import { browserPeers } from "./support/browser-peers.ts";
import { createReport } from "./support/report.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const settings = {
  bundle: true,
  minify: true,
  write: false as const,
  target: "es2022",
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "silent",
} satisfies BuildOptions;
const make = (plugins = ""): string =>
  `createBrowserClient({ url: "/v1/events", service: { name: "shop" }, plugins: [${plugins}] }).track("click");`;
const plain = `import { createBrowserClient } from "@activity/browser"; ${make()}`;

const report = createReport({ kind: "bench", name: "browser-size" });
report.note("esbuild, minified, ES2022, split at import(), gzip level 9");
const client = await weigh(plain);
report.figure("init_and_record_gzip_bytes", client.atOnce);
report.figure("loaded_later_gzip_bytes", client.later);
report.figure("one_file_gzip_bytes", await weighOneFile(plain));
report.figure(
  "script_tag_gzip_bytes",
  gzipBytes(readFileSync(new URL("../packages/browser/dist/script/activity.min.js", import.meta.url))),
);
for (const plugin of ["pageViews", "errors", "heartbeat"]) {
  const code = `import { createBrowserClient, ${plugin} } from "@activity/browser"; ${make(`${plugin}()`)}`;
  report.figure(`${plugin}_gzip_bytes`, (await weigh(code)).atOnce - client.atOnce);
}
const withVitals = `import { createBrowserClient } from "@activity/browser"; import { vitals } from "@activity/browser/vitals"; ${make("vitals()")}`;
report.figure("vitals_gzip_bytes", (await weigh(withVitals)).atOnce - client.atOnce);
if (report.withPeers)
  for (const { name, code } of browserPeers) {
    const { atOnce, later } = await weigh(code);
    const told = [atOnce, later].map((bytes) => bytes.toLocaleString("en").padStart(8));
    report.note(`${name.padEnd(28)} ${told[0]} bytes at once, ${told[1]} in files for later`);
  }
report.end();

/** What a page gets of a module, as built for npm: at once, and in files that are loaded later. */
async function weigh(code: string): Promise<{ readonly atOnce: number; readonly later: number }> {
  const { outputFiles, metafile } = await build({
    ...settings,
    stdin: { contents: code, resolveDir: folder, loader: "ts", sourcefile: "page.ts" },
    format: "esm",
    splitting: true,
    entryNames: "page",
    absWorkingDir: folder,
    outdir: ".",
    metafile: true,
  });
  const atOnce = new Set<string>();
  const load = (name: string): void => {
    if (atOnce.has(name)) return;
    atOnce.add(name);
    for (const { path, kind } of metafile.outputs[name]?.imports ?? [])
      if (kind === "import-statement") load(path);
  };
  load("page.js");
  let [now, later] = [0, 0];
  for (const { path, contents } of outputFiles)
    if (atOnce.has(basename(path))) now += gzipBytes(contents);
    else later += gzipBytes(contents);
  return { atOnce: now, later };
}

/** The same by a bundler that makes one file of everything. */
async function weighOneFile(code: string): Promise<number> {
  const stdin = { contents: code, resolveDir: folder, loader: "ts" } as const;
  const { outputFiles } = await build({ ...settings, stdin, format: "iife" });
  return gzipBytes(outputFiles[0]?.contents ?? new Uint8Array());
}

function gzipBytes(contents: Uint8Array): number {
  return gzipSync(contents, { level: 9 }).length;
}
