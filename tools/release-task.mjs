/**
 * `npm run release`: publishes every package whose version the registry does not have, and tags it. The dress rehearsal
 * in e2e/release runs the same function against a registry of its own.
 */
import { repositoryAddress, writePublishedForm } from "./published-form.mjs";
import { MissingPrerequisite, must, repositoryRoot, run } from "./run.mjs";

export async function main(args) {
  await release({ args });
  return 0;
}

/** changesets reports tags as created even where git refused them, so they are looked for afterwards. */
export async function release({ cwd = repositoryRoot, env = process.env, args = [] } = {}) {
  const at = { cwd, env, output: "keep" };
  const name = (await run("git", ["config", "user.name"], at)).stdout.trim();
  const email = (await run("git", ["config", "user.email"], at)).stdout.trim();
  if (name === "" || email === "") {
    throw new MissingPrerequisite(
      'git needs user.name and user.email to tag a release: set them with "git config".',
    );
  }
  const address = repositoryAddress(env);
  const commit = (await must("git", ["rev-parse", "HEAD"], at)).stdout.trim();
  const undo = writePublishedForm({ root: cwd, address, commit });
  const { output } = await must("pnpm", ["exec", "changeset", "publish", ...args], at).finally(undo);
  console.log(output.trimEnd()); // the release workflow reads the new tags from here
  const announced = [...output.matchAll(/New tag:\s*(\S+)/g)].map((match) => match[1]);
  const tags = new Set((await must("git", ["tag", "--list"], at)).stdout.split("\n"));
  const absent = announced.filter((tag) => !tags.has(tag));
  if (absent.length > 0)
    throw new Error(`Published, but git has no tag ${absent.join(", ")}: create and push it by hand.`);
  return { tags: announced };
}
