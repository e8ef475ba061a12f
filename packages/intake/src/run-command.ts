import { once } from "node:events";
import { lineOutput } from "@activity/spool";
import { runInContext } from "./commands/run-in-context.ts";

/**
 * Runs the command line `activity-intake`; gives the exit code: 0 when it ended as asked, 1 when it failed
 * or found something missing, 2 when the arguments or settings cannot be. `packageFolder` is where this
 * package stands: the page and the views come from there.
 */
export async function runCommand(args: readonly string[], packageFolder: URL): Promise<number> {
  const stopped = Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
  // Whoever asks twice does not want to wait.
  void stopped.then(() => {
    for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => process.exit(130));
  });
  return runInContext(args, {
    environment: process.env,
    packageFolder,
    print: (line) => lineOutput(process.stdout).print(line),
    printError: (line) => lineOutput(process.stderr).print(line),
    stopped,
  });
}
