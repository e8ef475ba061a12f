/**
 * Does a test fail when a condition of core is wrong? Picks conditions of the parts that must not be wrong, turns one
 * round at a time in a copy of the repository, and runs the tests of core. `--seed N` (default 1) and `--count N`
 * (default 60) choose which; survivors are listed with their line.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { copyRepository } from "../e2e/support/repository-copy.ts";
import { type Mutant, mutantsOf, pick } from "./support/mutants.ts";
import { createReport } from "./support/report.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const parts = ["outbox", "event", "contract", "store", "audit"].map((name) =>
  join("packages", "core", "src", name),
);
const minuteMs = 60_000;

const report = createReport({ kind: "soak", name: "mutation" });
const chosen = pick(candidates(), optionOf("--count", 60), optionOf("--seed", 1));
const copy = mkdtempSync(join(tmpdir(), "activity-mutation-"));
try {
  await copyRepository(copy);
  for (const folder of ["", "packages/core", "e2e", "bench"]) {
    symlinkSync(join(root, folder, "node_modules"), join(copy, folder, "node_modules"));
  }
  if (!(await testsPass())) throw new Error("The tests of core fail without any mutant: mend them first.");
  const survivors: string[] = [];
  for (const { file, mutant } of chosen) {
    const original = readFileSync(join(copy, file), "utf8");
    writeFileSync(join(copy, file), mutant.source);
    if (await testsPass())
      survivors.push(`survived: ${file}:${mutant.line}  ${mutant.before}  →  ${mutant.after}`);
    writeFileSync(join(copy, file), original);
  }
  for (const line of survivors) report.note(line);
  report.figure("mutations", chosen.length);
  report.figure("caught_percent", (100 * (chosen.length - survivors.length)) / chosen.length);
} finally {
  rmSync(copy, { recursive: true, force: true });
}
report.end();

function candidates(): readonly { readonly file: string; readonly mutant: Mutant }[] {
  return parts.flatMap((part) =>
    readdirSync(join(root, part), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
      .toSorted((a, b) => a.localeCompare(b, "en"))
      .flatMap((name) => {
        const file = relative(root, join(root, part, name));
        return mutantsOf(readFileSync(join(root, file), "utf8")).map((mutant) => ({ file, mutant }));
      }),
  );
}

/** A mutant that hangs the tests is caught too: after a minute they are ended. */
function testsPass(): Promise<boolean> {
  const flags = ["--experimental-vm-modules", "--disable-warning=ExperimentalWarning"];
  const jest = [
    join(root, "node_modules", "jest", "bin", "jest.js"),
    "--selectProjects",
    "core",
    "--bail",
    "--silent",
    "--ci",
    "--runInBand",
  ];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...flags, ...jest], { cwd: copy, stdio: "ignore" });
    const timer = setTimeout(() => child.kill("SIGKILL"), minuteMs);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve(code === 0);
    });
  });
}

function optionOf(flag: string, otherwise: number): number {
  const index = process.argv.indexOf(flag);
  return index < 0 ? otherwise : Number(process.argv[index + 1]);
}
