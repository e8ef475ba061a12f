/**
 * Makes the file for pages without a bundler: `activity.min.js`, which puts what the package exports on
 * `globalThis.activity`, and the notices that the licences of what is in it ask for. In `dist/script`, or in the
 * folder that is given.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const [, , folder = "dist/script"] = process.argv;
const { name, version, license } = JSON.parse(readFileSync("package.json", "utf8"));
const notices = "THIRD-PARTY-NOTICES.txt";

const { metafile } = await build({
  entryPoints: ["dist/index.js"],
  outfile: `${folder}/activity.min.js`,
  bundle: true,
  minify: true,
  format: "iife",
  globalName: "activity",
  target: "es2022",
  conditions: ["@activity/source", "browser"], // Names what comes from others, which bundles of ours have inlined.
  metafile: true,
  banner: { js: `/*! ${name} ${version}, ${license}; see ${notices} */` },
  logLevel: "warning",
});

/** Folders of the packages of others whose code is in the file. */
const folders = new Set(
  Object.keys(metafile.inputs).flatMap(
    (input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(input)?.[0] ?? [],
  ),
);
const texts = [...folders].sort().map((folder) => {
  const used = JSON.parse(readFileSync(`${folder}package.json`, "utf8"));
  return `${used.name} ${used.version}\n\n${readFileSync(`${folder}LICENSE`, "utf8").trim()}\n`;
});
writeFileSync(`${folder}/${notices}`, texts.join("\n---\n\n"));
