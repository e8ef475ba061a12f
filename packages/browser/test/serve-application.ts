import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../../tools/run.mjs";
import type { Collector } from "./collector.ts";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
};

/**
 * Builds a Vite application into a folder of its own and lets a collector serve it, with `index.html` at each of `paths`.
 *
 * @param head markup that the server writes into the head of its page
 */
export async function serveApplication(
  collector: Collector,
  name: string,
  { paths, head = "" }: { readonly paths: readonly string[]; readonly head?: string },
): Promise<void> {
  const root = fileURLToPath(new URL(`../../../apps/${name}`, import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), "activity-page-"));
  try {
    const vite = join(root, "node_modules", "vite", "bin", "vite.js");
    const args = [vite, "build", root, "--outDir", folder, "--logLevel", "error"];
    const { code, output } = await run(process.execPath, args, { cwd: root, output: "keep" });
    if (code !== 0) throw new Error(`${name} could not be built:\n${output}`);
    for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
      const type = types[extname(file)];
      if (type === undefined) continue;
      const body = readFileSync(join(folder, file), "utf8").replace("</head>", `${head}</head>`);
      const path = `/${relative(folder, join(folder, file)).split(sep).join("/")}`;
      for (const place of path === "/index.html" ? paths : [path]) collector.pages.set(place, { type, body });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
