/** The files that are, or are about to be, committed: what git tracks and what it would add. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "./run.mjs";

export function repositoryFiles(pattern = /./) {
  const list = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: repositoryRoot,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return list
    .split("\0")
    .filter((name) => name !== "" && pattern.test(name) && existsSync(join(repositoryRoot, name)));
}

/** Prints what a check found and sets the exit code; every check ends with this. */
export function reportProblems(subject, problems) {
  for (const problem of problems) console.log(problem);
  console.log(problems.length === 0 ? `${subject}: fine` : `${subject}: ${problems.length} problem(s)`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
