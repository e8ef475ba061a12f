/**
 * What a page must load: gzip bytes, minified, of "make a client and record one event", of each plugin and subpath on
 * top of it, and with `--peers` of the same with other SDKs, bundled by the same settings.
 */

import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { browserPeers } from "./support/browser-peers.ts";
import { createReport } from "./support/report.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const make = (plugins = ""): string =>
  `createBrowserClient({ url: "/v1/events", service: { name: "shop" }, plugins: [${plugins}] }).track("click");`;
const plain = `import { createBrowserClient } from "@activity/browser"; ${make()}`;

const report = createReport({ kind: "bench", name: "browser-size" });
report.note("esbuild, minified, ES2022, gzip level 9");
const client = await gzipBytes(plain);
report.figure("init_and_record_gzip_bytes", client);
for (const plugin of ["pageViews", "errors", "heartbeat"])
  report.figure(
    `${plugin}_gzip_bytes`,
    (await gzipBytes(
      `import { createBrowserClient, ${plugin} } from "@activity/browser"; ${make(`${plugin}()`)}`,
    )) - client,
  );
report.figure(
  "vitals_gzip_bytes",
  (await gzipBytes(
    `import { createBrowserClient } from "@activity/browser"; import { vitals } from "@activity/browser/vitals"; ${make("vitals()")}`,
  )) - client,
);
if (report.withPeers)
  for (const { name, code } of browserPeers)
    report.note(`${name.padEnd(28)} ${(await gzipBytes(code)).toLocaleString("en")} bytes`);
report.end();

/** What a page gets of a module, as built for npm. */
async function gzipBytes(code: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: folder, loader: "ts" },
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "silent",
  });
  return gzipSync(outputFiles[0]?.contents ?? new Uint8Array(), { level: 9 }).length;
}
