/**
 * `npm test`: every check and every jest test; with a filter, only the jest tests whose path matches. The last line is
 * `N passed, N failed, N skipped` over everything, where a check counts as one test; a skipped test is a failure.
 */
import { checks, runCheck } from "./checks.mjs";
import { listTests, runJest } from "./jest-run.mjs";
import { bringOutsideNeeds } from "./outside-needs.mjs";
import { run, say } from "./run.mjs";
import { runStages, sumOf } from "./stages.mjs";

export async function main(args) {
  const filtered = args.length > 0;
  await bringOutsideNeeds(await listTests(args));
  const build = { name: "build", run: buildAll };
  const jest = {
    name: "jest",
    needs: filtered ? [] : ["build"],
    run: () => (filtered ? runJest(args) : runEveryTest()),
  };
  const others = checks.map((check) => ({
    name: check.name,
    needs: check.needsBuild ? ["build"] : [],
    run: () => runCheck(check),
  }));
  const results = filtered
    ? [await report(build), await report(jest)]
    : await runStages([build, jest, ...others], { width: 2, onEnd: print });
  const { passed, failed, skipped } = sumOf(results);
  if (skipped > 0) say(`${skipped} skipped: a test that does not run is a failure here.`);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed + skipped === 0 ? 0 : 1;
}

/** Core's tests with what they reach of it, which fails below the threshold of jest's settings; then all others. */
async function runEveryTest() {
  const core = ["--selectProjects", "core", "--coverage", "--coverageReporters=text-summary"];
  return sumOf([await runJest(core), await runJest(["--ignoreProjects", "core"])]);
}

async function report(step) {
  const [result] = await runStages([{ ...step, needs: [] }], { width: 1, onEnd: print });
  return result;
}

async function buildAll() {
  const { code, output } = await run(
    "pnpm",
    ["exec", "turbo", "run", "build", "--output-logs=errors-only", "--ui=stream"],
    {
      output: "keep",
    },
  );
  return {
    passed: code === 0 ? 1 : 0,
    failed: code === 0 ? 0 : 1,
    skipped: 0,
    output: code === 0 ? undefined : output,
  };
}

function print({ name }, { passed, failed, skipped, seconds, output }) {
  const word = failed + skipped === 0 ? "ok    " : "FAILED";
  const count =
    passed + failed + skipped > 1 ? `, ${passed} passed, ${failed} failed, ${skipped} skipped` : "";
  say(`${word} ${name} (${seconds.toFixed(1)} s${count})`);
  if (output !== undefined) say(output.trimEnd().replace(/^/gm, "       "));
}
