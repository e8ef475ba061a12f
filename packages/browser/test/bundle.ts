import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** A bundle as a page gets it. */
export interface Bundle {
  readonly text: string;
  readonly gzipBytes: number;
}

const folder = fileURLToPath(new URL("..", import.meta.url));

/** Bundles and minifies what a piece of code imports from this package, from source. */
export async function bundle(code: string): Promise<Bundle> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: folder, loader: "ts" },
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
    conditions: ["@activity/source", "browser"],
    logLevel: "silent",
  });
  const text = outputFiles[0]?.text ?? "";
  return { text, gzipBytes: gzipSync(text, { level: 9 }).length };
}
