/** The packages that are published: every folder of `packages` whose manifest is not private. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "./run.mjs";

export function publicPackages(root = repositoryRoot) {
  return readdirSync(join(root, "packages"))
    .filter((name) => existsSync(join(root, "packages", name, "package.json")))
    .map((name) => {
      const folder = join(root, "packages", name);
      return {
        folder,
        path: `packages/${name}`,
        manifest: JSON.parse(readFileSync(join(folder, "package.json"), "utf8")),
      };
    })
    .filter(({ manifest }) => manifest.private !== true);
}
