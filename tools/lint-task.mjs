/** `npm run lint`: every check that reads code, each shown as it ends. */
import { checks, runCheck } from "./checks.mjs";
import { say } from "./run.mjs";
import { runStages, sumOf } from "./stages.mjs";

export async function main() {
  const steps = checks
    .filter(({ kind }) => kind === "lint" || kind === "format" || kind === "types")
    .map((check) => ({ name: check.name, run: () => runCheck(check) }));
  const results = await runStages(steps, {
    width: 2,
    onEnd: ({ name }, { failed, seconds, output }) => {
      say(`${failed === 0 ? "ok    " : "FAILED"} ${name} (${seconds.toFixed(1)} s)`);
      if (output !== undefined) say(output.trimEnd());
    },
  });
  return sumOf(results).failed === 0 ? 0 : 1;
}
