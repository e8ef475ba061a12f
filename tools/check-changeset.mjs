/**
 * A package whose source or manifest changed since the last version commit is named in a changeset. The version commit
 * is the last one that wrote a changelog; before the first release, everything counts as changed.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publicPackages } from "./public-packages.mjs";
import { reportProblems } from "./repository-files.mjs";
import { repositoryRoot } from "./run.mjs";

/** The package names in the head of a changeset file. */
export function packagesNamedIn(changeset) {
  const [, head = ""] = /^---\r?\n([\s\S]*?)\r?\n?---/.exec(changeset) ?? [];
  return [...head.matchAll(/^\s*["']?([^"':\s]+)["']?\s*:\s*(?:major|minor|patch)\s*$/gm)].map(
    (match) => match[1],
  );
}

/** Names of packages that changed since the last version commit and that no pending changeset names. */
export function packagesWithoutChangeset(root = repositoryRoot) {
  const named = new Set(pendingChangesets(root).flatMap(packagesNamedIn));
  const base = lastVersionCommit(root);
  return publicPackages(root)
    .filter(({ path }) => hasChanged(root, base, path))
    .map(({ manifest }) => manifest.name)
    .filter((name) => !named.has(name));
}

function pendingChangesets(root) {
  const folder = join(root, ".changeset");
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return files
    .filter((name) => /\.md$/.test(name) && name !== "README.md")
    .map((name) => readFileSync(join(folder, name), "utf8"));
}

function lastVersionCommit(root) {
  if (git(root, ["rev-list", "--max-count=1", "--all"]) === "") return undefined;
  const commit = git(root, ["log", "--max-count=1", "--format=%H", "--", "packages/*/CHANGELOG.md"]);
  if (commit !== "") return commit;
  const tags = git(root, ["tag", "--list", "@activity/*", "--sort=-creatordate", "--merged"]);
  return tags === "" ? undefined : tags.split("\n")[0];
}

function hasChanged(root, base, path) {
  const paths = [`${path}/src`, `${path}/package.json`, `:(exclude)${path}/src/**/*.test.ts`];
  if (base === undefined) return true;
  const changed = git(root, ["diff", "--name-only", base, "--", ...paths]);
  const untracked = git(root, ["ls-files", "--others", "--exclude-standard", "--", ...paths]);
  return changed !== "" || untracked !== "";
}

function git(root, args) {
  return execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problems = packagesWithoutChangeset().map(
    (name) => `${name} changed without a changeset: run "npm run changeset"`,
  );
  reportProblems("changesets", problems);
}
