import { stat } from "node:fs/promises";
import { ActivityError, quote } from "@activity/core";
import { listSegments } from "@activity/spool";
import { askEvents } from "../query/ask-events.ts";
import type { QueryResult } from "../query/event-database.ts";
import { formatCsv, formatJsonLines, formatTable } from "../query/format-result.ts";
import type { CommandContext } from "./command-context.ts";

const usage = 'usage: activity-intake query [--json | --csv] "SELECT …" [FILE or DIR …]';
const formats: Readonly<Record<string, (result: QueryResult) => Iterable<string>>> = {
  "--json": formatJsonLines,
  "--csv": formatCsv,
  "--table": formatTable,
};

/** Asks the stored events, through the shipped views. */
export async function queryCommand(args: readonly string[], context: CommandContext): Promise<number> {
  const { environment, packageFolder, print } = context;
  const flags = args.filter((arg) => arg.startsWith("--"));
  const [sql, ...paths] = args.filter((arg) => !arg.startsWith("--"));
  const [flag = "--table", ...others] = flags;
  const format = formats[flag];
  const refuse = (what: string): ActivityError => new ActivityError("INVALID_OPTION", `${what}\n${usage}`);
  if (format === undefined) throw refuse(`query has no ${quote(flag)}`);
  if (others.length > 0) throw refuse(`${flags.join(" and ")} do not go together`);
  if (sql === undefined) throw refuse("there is no question");
  const places = paths.length > 0 ? paths : [environment["ACTIVITY_DATA_DIR"] || "activity-data"];
  const result = await askEvents(sql, {
    list: async () => (await Promise.all(places.map(filesOf))).flat(),
    none: `there are no events in ${places.join(", ")}; ACTIVITY_DATA_DIR or an argument says where they are`,
    packageFolder,
  });
  for (const line of format(result)) print(line);
  return 0;
}

async function filesOf(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return [];
  return found.isDirectory() ? listSegments(path) : [path];
}
