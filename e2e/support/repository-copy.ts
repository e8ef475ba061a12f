/** A copy of this repository as it stands, uncommitted work included, as one commit in a folder of its own. */
import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { repositoryFiles } from "../../tools/repository-files.mjs";
import { must, repositoryRoot } from "../../tools/run.mjs";

export async function copyRepository(folder: string): Promise<void> {
  for (const file of repositoryFiles()) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(join(repositoryRoot, file), join(folder, file));
  }
  const git = (...args: string[]) => must("git", args, { cwd: folder, output: "keep" });
  await git("init", "--quiet", "--initial-branch=main");
  await git("config", "user.name", "Rehearsal");
  await git("config", "user.email", "rehearsal@example.test");
  await git("config", "commit.gpgsign", "false");
  await git("config", "tag.gpgsign", "false");
  await git("add", "--all");
  await git("commit", "--quiet", "--message", "test: take a copy");
}
