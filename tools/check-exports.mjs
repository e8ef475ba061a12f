/**
 * `exports` of a public package (for this repository) and `publishConfig.exports` (for its users) offer the same entries
 * in the one arrangement that every tool tried accepts; `--write` makes the second from the first. See docs/packages.md.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { reportProblems } from "./repository-files.mjs";
import { repositoryRoot } from "./run.mjs";

export function exportsForUsers(exportsHere) {
  return Object.fromEntries(
    Object.entries(exportsHere).map(([entry, target]) => {
      if (typeof target === "string") return [entry, target];
      const name = target["@activity/source"].replace(/^\.\/src\//, "").replace(/\.ts$/, "");
      const modules = { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` };
      const commonJs = { types: `./dist/cjs/${name}.d.cts`, default: `./dist/cjs/${name}.cjs` };
      const bundled = { ...modules, default: `./dist/bundled/${name}.js` };
      // Bundlers for pages leave out single modules, and put them into several files, better than parts of one.
      const pages = target.browser && { browser: { import: modules } };
      return [entry, { ...pages, "module-sync": bundled, import: modules, require: commonJs }];
    }),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problems = [];
  for (const name of readdirSync(join(repositoryRoot, "packages"))) {
    const file = join(repositoryRoot, "packages", name, "package.json");
    const manifest = JSON.parse(readFileSync(file, "utf8"));
    const wanted = exportsForUsers(manifest.exports);
    const order = JSON.stringify(manifest.publishConfig?.exports) === JSON.stringify(wanted);
    if (order && isDeepStrictEqual(manifest.publishConfig.exports, wanted)) continue;
    if (process.argv.includes("--write")) {
      manifest.publishConfig = { access: "public", ...manifest.publishConfig, exports: wanted };
      writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
    } else {
      problems.push(`packages/${name}/package.json: run "node tools/check-exports.mjs --write"`);
    }
  }
  reportProblems("exports of packages", problems);
}
