import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { BuildOptions } from "esbuild";
import { build } from "esbuild";

/** A file as a page gets it. */
export interface Bundle {
  readonly text: string;
  readonly gzipBytes: number;
}

const folder = fileURLToPath(new URL("..", import.meta.url));
const sending = "delivery.ts";

/** Bundles and minifies what a piece of code imports from this package, from source, into one file. */
export function bundle(code: string): Promise<Bundle> {
  return make({ stdin: { contents: code, resolveDir: folder, loader: "ts" }, format: "iife" });
}

/** The same for bundlers that split: what a page loads at once, and what sends, in the one file that the build makes of it. */
export async function bundleSplit(
  code: string,
): Promise<{ readonly atOnce: Bundle; readonly later: Bundle }> {
  const stdin = { contents: code, resolveDir: folder, loader: "ts" } as const;
  const [atOnce, later] = await Promise.all([
    make({ stdin, format: "esm", external: [`*/${sending}`] }),
    make({ entryPoints: [`src/${sending}`], format: "esm" }),
  ]);
  return { atOnce, later };
}

/** Where the page looks for what sends, beside the file that it has loaded. */
export const laterPath: string = `/${sending}`;

async function make(options: BuildOptions): Promise<Bundle> {
  const { outputFiles } = await build({
    absWorkingDir: folder,
    bundle: true,
    minify: true,
    target: "es2022",
    conditions: ["@activity/source", "browser"],
    logLevel: "silent",
    ...options,
    write: false,
  });
  const text = outputFiles[0]?.text ?? "";
  return { text, gzipBytes: gzipSync(text, { level: 9 }).length };
}
