import { ActivityError, quote } from "@activity/core";
import { closestName } from "@activity/core/options";
import { QueryRefused } from "../query/query-refused.ts";
import { readSettings } from "../settings/intake-settings.ts";
import { mistypedVariables } from "../settings/intake-variables.ts";
import type { CommandContext } from "./command-context.ts";

const usage = `usage: activity-intake [serve]
       activity-intake query [--json | --csv] "SELECT …" [FILE or DIR …]
       activity-intake audit [--json] [FILE or DIR … | --kafka]
       activity-intake replay [--list] [CODE …]
       activity-intake erase [--list] KEY=VALUE …
       activity-intake key NAME [--events-per-second N]

serve takes events by HTTP on /v1/events, keeps them, and shows them on a page of its own. query and audit
ask what is stored, replay tries again what was rejected, erase takes away what one person caused, key
makes a write key.

Settings come from the environment (all of them: README):
  HOST, PORT                 where to listen (127.0.0.1, 8080)
  ACTIVITY_DATA_DIR          directory of everything that is on disk (activity-data)
  ACTIVITY_WRITE_KEYS        keys that may write, separated by commas (none: everybody on this machine)
  ACTIVITY_WRITE_KEYS_FILE   file of such keys, as hashes
  ACTIVITY_ADMIN_PORT        port of the live page, "off" for none (the one after PORT)
  KAFKA_BROKERS, KAFKA_TOPIC write to Kafka, through a spool on disk (none, events)`;

/** Runs a command line with whatever a caller has in place of a process; gives the exit code. */
export async function runInContext(args: readonly string[], context: CommandContext): Promise<number> {
  if (args[0] === "--help" || args[0] === "-h" || args[0] === "help") {
    context.print(usage);
    return 0;
  }
  for (const what of mistypedVariables(context.environment)) context.printError(`activity-intake: ${what}`);
  try {
    return await run(args, context);
  } catch (error) {
    context.printError(`activity-intake: ${error instanceof Error ? error.message : String(error)}`);
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
      return (await import("./query-command.ts")).queryCommand(rest, context);
    case "audit":
      return (await import("./audit-command.ts")).auditCommand(rest, context);
    case "replay":
      return (await import("./replay-command.ts")).replayCommand(rest, context);
    case "erase":
      return (await import("./erase-command.ts")).eraseCommand(rest, context);
    case "key":
      return (await import("./key-command.ts")).keyCommand(rest, context);
    case "serve":
      if (rest.length > 0) return misunderstood(`serve takes no ${quote(rest[0])}`, context);
      await (await import("./serve.ts")).serve(readSettings(context.environment), context);
      return 0;
    default: {
      const meant = closestName(command, ["serve", "query", "audit", "replay", "erase", "key"]);
      const advice = meant === undefined ? "" : `; did you mean ${meant}?`;
      return misunderstood(`there is no command ${quote(command)}${advice}`, context);
    }
  }
}

function misunderstood(what: string, { printError }: CommandContext): number {
  printError(`activity-intake: ${what}`);
  printError(usage);
  return 2;
}
