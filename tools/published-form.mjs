/**
 * What a package says of the repository that it comes from. Nothing of this is committed: a release knows the address
 * from its environment, as GitHub Actions sets it. npm takes a package with provenance only if its manifest names the
 * repository that built it, and on npm's page a relative link out of the package leads nowhere.
 */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { publicPackages } from "./public-packages.mjs";
import { MissingPrerequisite } from "./run.mjs";

/** The address of the repository, such as `https://github.com/owner/name`. */
export function repositoryAddress({ GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository = "" }) {
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    throw new MissingPrerequisite(
      `GITHUB_REPOSITORY is "${repository}", and the published packages must name their repository: set it to owner/name.`,
    );
  }
  return `${server || "https://github.com"}/${repository}`;
}

/** Writes manifests and READMEs as they are published, from `commit` of the repository at `address`; returns what undoes it. */
export function writePublishedForm({ root, address, commit }) {
  const kept = publicPackages(root).flatMap(({ folder, path, manifest }) => {
    const readme = join(folder, "README.md");
    const before = [join(folder, "package.json"), readme].map((file) => [file, readFileSync(file, "utf8")]);
    const repository = { type: "git", url: `git+${address}.git`, directory: path };
    writeFileSync(
      join(folder, "package.json"),
      `${JSON.stringify({ ...manifest, repository }, undefined, 2)}\n`,
    );
    const toUrl = (target) => {
      const [file, part] = posix.join(path, target).split("#");
      const kind = statSync(join(root, file)).isDirectory() ? "tree" : "blob";
      return `${address}/${kind}/${commit}/${file}${part === undefined ? "" : `#${part}`}`;
    };
    writeFileSync(readme, withLinks(readFileSync(readme, "utf8"), toUrl));
    return before;
  });
  return () => {
    for (const [file, text] of kept) writeFileSync(file, text);
  };
}

/** A text of Markdown with each relative link replaced; code is left as it is. */
export function withLinks(markdown, toUrl) {
  return markdown.replace(
    /```[\s\S]*?```|`[^`\n]*`|\]\((?!#|[a-z][a-z0-9+.-]*:)([^)\s]+)/gi,
    (found, target) => (target === undefined ? found : `](${toUrl(target)}`),
  );
}
