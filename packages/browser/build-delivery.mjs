/**
 * Puts all that sends into one module without imports, `dist/delivery.js`: a bundler that shared modules between it and
 * what a page loads at once would have the page load those, too.
 */
import { build } from "esbuild";

await build({
  entryPoints: { delivery: "dist/delivery/create-delivery.js" },
  outdir: "dist",
  bundle: true,
  format: "esm",
  target: "es2022",
  conditions: ["@activity/source", "browser"], // As the file for script tags.
  sourcemap: "linked",
  logLevel: "warning",
});
