import { existsSync } from "node:fs";
import type { EventDatabaseOptions, QueryResult } from "./event-database.ts";
import { openEventDatabase } from "./event-database.ts";
import { QueryRefused } from "./query-refused.ts";

/** What {@link askEvents} needs. */
export interface AskOptions extends Omit<EventDatabaseOptions, "files"> {
  /** Finds the files of events, as they are now. */
  readonly list: () => Promise<readonly string[]>;
  /** What is said where there are none. */
  readonly none: string;
}

/**
 * Asks the files of events one question. When retention takes one of them away meanwhile, what is left is asked.
 *
 * @throws QueryRefused, and INVALID_OPTION without DuckDB.
 */
export async function askEvents(sql: string, { list, none, ...options }: AskOptions): Promise<QueryResult> {
  const files = await list();
  if (files.length === 0) throw new QueryRefused(none);
  try {
    const database = await openEventDatabase({ ...options, files });
    try {
      return await database.query(sql);
    } finally {
      database.close();
    }
  } catch (cause) {
    if (files.every((file) => existsSync(file))) throw cause;
    return askEvents(sql, { list, none, ...options });
  }
}
