import { once } from "node:events";
import { ActivityError } from "@activity/core";
import { readSettings } from "./intake-settings.ts";
import { serve } from "./serve.ts";

const usage = `usage: activity-intake [serve]

Takes events by HTTP on /v1/events and keeps them. Settings come from the environment:
  HOST, PORT                 where to listen (127.0.0.1, 8080)
  ACTIVITY_WRITE_KEYS        keys that may write, separated by commas (none: everybody on this machine)
  ACTIVITY_ALLOWED_ORIGINS   pages that may send, separated by commas (none)
  ACTIVITY_DATA_DIR          directory of the NDJSON files (activity-data)
  KAFKA_BROKERS, KAFKA_TOPIC write to Kafka instead (none, events)`;

/**
 * Runs the command line `activity-intake`; gives the exit code: 0 when it ended as asked, 1 when it failed,
 * 2 when the arguments or settings cannot be.
 */
export async function runCommand(args: readonly string[]): Promise<number> {
  const [command = "serve", ...rest] = args;
  if (command === "--help" || command === "-h") {
    console.log(usage);
    return 0;
  }
  if (command !== "serve" || rest.length > 0) {
    console.error(usage);
    return 2;
  }
  const stopped = Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
  // Whoever asks twice does not want to wait.
  void stopped.then(() => {
    for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => process.exit(130));
  });
  try {
    await serve(readSettings(process.env), {
      print: (line) => console.log(line),
      printError: (line) => console.error(line),
      stopped,
    });
    return 0;
  } catch (error) {
    console.error(`activity-intake: ${error instanceof Error ? error.message : String(error)}`);
    return error instanceof ActivityError ? 2 : 1;
  }
}
