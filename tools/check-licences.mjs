/**
 * Everything that a user installs with our packages has a licence from a short list, and docs/licences.md names it all.
 * `--write` makes that file anew.
 */
import { existsSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { publicPackages } from "./public-packages.mjs";
import { reportProblems } from "./repository-files.mjs";
import { repositoryRoot } from "./run.mjs";

const allowed = new Set(["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "0BSD", "Unlicense"]);

/** True when an SPDX expression leaves the user a licence of the list. */
export function isAllowed(expression) {
  const alternatives = String(expression)
    .replace(/[()]/g, "")
    .split(/\s+OR\s+/);
  return alternatives.some((terms) => terms.split(/\s+AND\s+/).every((term) => allowed.has(term.trim())));
}

/** All dependencies of the public packages, also optional ones and peers, and theirs, as found in node_modules. */
function runtimeDependencies() {
  const found = new Map();
  const visit = (folder, names, user) => {
    for (const name of names) {
      const home = installedAt(folder, name);
      if (home === undefined || name.startsWith("@activity/")) continue;
      const manifest = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
      const key = `${name}@${manifest.version}`;
      const known = found.get(key);
      if (known?.users.has(user)) continue;
      if (known === undefined)
        found.set(key, {
          name,
          version: manifest.version,
          licence: licenceOf(manifest),
          users: new Set([user]),
        });
      else known.users.add(user);
      visit(home, dependencyNames(manifest), user);
    }
  };
  for (const { folder, manifest } of publicPackages())
    visit(folder, dependencyNames(manifest), manifest.name);
  return [...found.values()].sort(
    (a, b) => a.name.localeCompare(b.name, "en") || a.version.localeCompare(b.version, "en"),
  );
}

/** Of somebody else's package only the peers that it needs; of ours also the optional ones, which we offer. */
function dependencyNames({
  name,
  dependencies,
  optionalDependencies,
  peerDependencies,
  peerDependenciesMeta,
}) {
  const peers = Object.keys(peerDependencies ?? {}).filter(
    (peer) => name.startsWith("@activity/") || peerDependenciesMeta?.[peer]?.optional !== true,
  );
  return [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers];
}

function installedAt(folder, name) {
  for (let at = realpathSync(folder); at !== dirname(at); at = dirname(at)) {
    const home = join(at, "node_modules", name);
    if (existsSync(join(home, "package.json"))) return realpathSync(home);
  }
  return undefined; // an optional peer that nobody installed
}

function licenceOf({ license, licenses }) {
  return license?.type ?? license ?? licenses?.map(({ type }) => type).join(" OR ") ?? "none stated";
}

function document(dependencies) {
  const rows = dependencies.map(
    ({ name, version, licence, users }) =>
      `| ${name} | ${version} | ${licence} | ${[...users].toSorted((a, b) => a.localeCompare(b, "en")).join(", ")} |`,
  );
  return [
    "# Licences of what our packages bring along",
    "",
    "Made by `node tools/check-licences.mjs --write`; `npm test` checks it. Allowed: " +
      [...allowed].join(", ") +
      ".",
    "",
    "| dependency | version | licence | comes with |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = join(repositoryRoot, "docs", "licences.md");
  const dependencies = runtimeDependencies();
  const text = document(dependencies);
  if (process.argv.includes("--write")) writeFileSync(file, text);
  const current = existsSync(file) ? readFileSync(file, "utf8") : "";
  const problems = dependencies
    .filter(({ licence }) => !isAllowed(licence))
    .map(
      ({ name, version, licence }) =>
        `${name} ${version} has the licence ${licence}, which is not on the list`,
    );
  if (current !== text)
    problems.push('docs/licences.md is out of date: run "node tools/check-licences.mjs --write"');
  reportProblems("licences of dependencies", problems);
}
