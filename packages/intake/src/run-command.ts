import { once } from "node:events";
import { ActivityError } from "@activity/core";
import type { CommandContext } from "./commands/command-context.ts";
import { QueryRefused } from "./query/query-refused.ts";
import { readSettings } from "./settings/intake-settings.ts";

const usage = `usage: activity-intake [serve]
       activity-intake query [--json | --csv] "SELECT …" [FILE or DIR …]
       activity-intake audit [--json] [FILE or DIR … | --kafka]
       activity-intake replay [--list] [CODE …]
       activity-intake key NAME [--events-per-second N]

serve takes events by HTTP on /v1/events, keeps them, and shows them on a page of its own. query and audit
ask what is stored, replay tries again what was rejected, key makes a write key.

Settings come from the environment (all of them: README):
  HOST, PORT                 where to listen (127.0.0.1, 8080)
  ACTIVITY_DATA_DIR          directory of everything that is on disk (activity-data)
  ACTIVITY_WRITE_KEYS        keys that may write, separated by commas (none: everybody on this machine)
  ACTIVITY_WRITE_KEYS_FILE   file of such keys, as hashes
  ACTIVITY_ADMIN_PORT        port of the live page, "off" for none (the one after PORT)
  KAFKA_BROKERS, KAFKA_TOPIC write to Kafka, through a spool on disk (none, events)`;

/**
 * Runs the command line `activity-intake`; gives the exit code: 0 when it ended as asked, 1 when it failed
 * or found something missing, 2 when the arguments or settings cannot be. `packageFolder` is where this
 * package stands: the page and the views come from there.
 */
export async function runCommand(args: readonly string[], packageFolder: URL): Promise<number> {
  if (args[0] === "--help" || args[0] === "-h" || args[0] === "help") {
    console.log(usage);
    return 0;
  }
  const stopped = Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
  // Whoever asks twice does not want to wait.
  void stopped.then(() => {
    for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => process.exit(130));
  });
  try {
    return await run(args, {
      environment: process.env,
      packageFolder,
      print: (line) => console.log(line),
      printError: (line) => console.error(line),
      stopped,
    });
  } catch (error) {
    console.error(`activity-intake: ${error instanceof Error ? error.message : String(error)}`);
    return error instanceof ActivityError || error instanceof QueryRefused ? 2 : 1;
  }
}

/** Each command loads what it needs, and no other does. */
async function run(
  [command = "serve", ...rest]: readonly string[],
  context: CommandContext,
): Promise<number> {
  switch (command) {
    case "query":
      return (await import("./commands/query-command.ts")).queryCommand(rest, context);
    case "audit":
      return (await import("./commands/audit-command.ts")).auditCommand(rest, context);
    case "replay":
      return (await import("./commands/replay-command.ts")).replayCommand(rest, context);
    case "key":
      return (await import("./commands/key-command.ts")).keyCommand(rest, context);
    case "serve":
      if (rest.length > 0) break;
      await (await import("./commands/serve.ts")).serve(readSettings(context.environment), context);
      return 0;
    default:
  }
  context.printError(usage);
  return 2;
}
