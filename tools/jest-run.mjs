/** Runs jest over all projects, or over the tests whose path matches a filter, and counts what it found. */
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { repositoryRoot, run, say } from "./run.mjs";

const require = createRequire(import.meta.url);
const jest = join(dirname(require.resolve("jest/package.json")), "bin", "jest.js");
const resultFile = join(repositoryRoot, ".cache", `jest-result-${process.pid}.json`);

export async function runJest(args) {
  mkdirSync(dirname(resultFile), { recursive: true });
  const updates = args.includes("-u") || args.includes("--updateSnapshot");
  const { code } = await run(
    "node",
    [
      "--experimental-vm-modules",
      "--disable-warning=ExperimentalWarning",
      jest,
      "--json",
      `--outputFile=${resultFile}`,
      ...args,
    ],
    { env: updates ? { ...process.env, ACTIVITY_UPDATE_SURFACE: "1" } : process.env },
  );
  if (!existsSync(resultFile))
    return { passed: 0, failed: 1, skipped: 0, output: "jest ended without a result" };
  const result = JSON.parse(readFileSync(resultFile, "utf8"));
  rmSync(resultFile);
  for (const { folder, seconds } of secondsByFolder(result)) say(`${seconds.toFixed(1)} s in ${folder}`);
  return { ...countsOf(result, code), output: undefined };
}

/** The absolute paths of the tests that would run. None when jest refuses the arguments: it says why when it runs. */
export async function listTests(args) {
  const flags = ["--experimental-vm-modules", "--disable-warning=ExperimentalWarning", jest, "--listTests"];
  const { code, stdout } = await run("node", [...flags, ...args], { output: "keep" });
  return code === 0 ? stdout.split("\n").filter((line) => line !== "") : [];
}

/** How long the tests of each package, app and part of `e2e` took, longest first: two run at a time. */
export function secondsByFolder({ testResults }) {
  const seconds = new Map();
  for (const { name, startTime, endTime } of testResults) {
    const folder = relative(repositoryRoot, name).split(sep).slice(0, -1).slice(0, 2).join("/");
    seconds.set(folder, (seconds.get(folder) ?? 0) + Math.max(0, endTime - startTime) / 1000);
  }
  return [...seconds]
    .map(([folder, seconds]) => ({ folder, seconds }))
    .toSorted((a, b) => b.seconds - a.seconds);
}

/** A suite that cannot even start is one failure; so is an exit code that no failed test explains. */
export function countsOf(result, code) {
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  const nothing = result.numTotalTests === 0;
  return {
    passed: result.numPassedTests,
    failed: failed === 0 && (code !== 0 || nothing) ? 1 : failed,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}
