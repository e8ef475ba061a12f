import { existsSync } from "node:fs";
import { ActivityError } from "@activity/core";
import { deadLetterDirectory } from "../storage/dead-letters.ts";
import type { Whose } from "../storage/erase-events.ts";
import { eraseEvents } from "../storage/erase-events.ts";
import { lockReplay } from "../storage/replay-lock.ts";
import type { CommandContext } from "./command-context.ts";

const usage = "usage: activity-intake erase [--list] KEY=VALUE …, such as user_id=ann";

/**
 * Erases what one person caused from the files of an intake, which may run meanwhile; `--list` only counts. Gives the
 * exit code: 0, or 1 when there are events that it cannot reach.
 */
export async function eraseCommand(args: readonly string[], context: CommandContext): Promise<number> {
  const { environment, print, printError } = context;
  const look = args.includes("--list");
  const whose = args.filter((arg) => arg !== "--list").map(toWhose);
  if (whose.length === 0) throw new ActivityError("INVALID_OPTION", usage);
  const directory = environment["ACTIVITY_DATA_DIR"] || "activity-data";
  if (!existsSync(directory)) {
    throw new ActivityError(
      "INVALID_OPTION",
      `there is no ${directory}; ACTIVITY_DATA_DIR says where events are`,
    );
  }
  const letters = deadLetterDirectory(directory);
  // What a replay has read, it stores.
  const letGo = existsSync(letters) && !look ? lockReplay(letters) : undefined;
  try {
    const { events, deadLetters, leftAlone } = eraseEvents(directory, whose, look);
    const done = look ? "would be erased" : "erased";
    print(`${events} event(s) and ${deadLetters} rejected one(s) ${done}`);
    if (leftAlone.length > 0)
      printError(`activity-intake: not looked into, since they are compressed: ${leftAlone.join(", ")}`);
    const hasKafka = Boolean(environment["KAFKA_BROKERS"]);
    if (hasKafka) printError("activity-intake: what Kafka has, and what waits for it, is not erased");
    return leftAlone.length > 0 || hasKafka ? 1 : 0;
  } finally {
    letGo?.();
  }
}

/** The four fields say nothing of a person, and what stays of an event may be as long as they are. */
function toWhose(arg: string): Whose {
  const [, key = "", value = ""] = /^([^=]+)=(.+)$/s.exec(arg) ?? [];
  if (key === "" || key.startsWith("-") || /^event_(?:id|time|type|name)$/.test(key))
    throw new ActivityError("INVALID_OPTION", `"${arg}" is no attribute with its value; ${usage}`);
  return { key, value };
}
