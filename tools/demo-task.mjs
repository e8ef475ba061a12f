/** `npm run demo`: starts apps/demo, which drives the six paths. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { MissingPrerequisite, repositoryRoot, run } from "./run.mjs";

export async function main(args) {
  const demo = join(repositoryRoot, "apps", "demo", "src", "main.ts");
  if (!existsSync(demo))
    throw new MissingPrerequisite("There is no demo yet: apps/demo/src/main.ts does not exist.");
  return (await run("node", [demo, ...args])).code;
}
