import { listSegments } from "@activity/spool";
import { loadDuckDb, openEventDatabase } from "../query/event-database.ts";
import { QueryRefused } from "../query/query-refused.ts";
import type { AdminAnswer } from "./admin-listener.ts";

const timeoutMs = 20_000;
const maxRows = 1_000;

/** Answers queries of the page, one after the other, each over the files as they are then. */
export class QueryRunner {
  readonly #directory: string;
  readonly #packageFolder: URL;
  #last: Promise<unknown> = Promise.resolve();

  constructor(directory: string, packageFolder: URL) {
    this.#directory = directory;
    this.#packageFolder = packageFolder;
  }

  /** Whether DuckDB is there. */
  async available(): Promise<boolean> {
    return loadDuckDb().then(
      () => true,
      () => false,
    );
  }

  answer(sql: string): Promise<AdminAnswer> {
    const answered = this.#last.then(() => this.#run(sql));
    this.#last = answered;
    return answered;
  }

  async #run(sql: string): Promise<AdminAnswer> {
    try {
      const files = await listSegments(this.#directory);
      if (files.length === 0) throw new QueryRefused("there are no events yet");
      const database = await openEventDatabase({
        files,
        packageFolder: this.#packageFolder,
        timeoutMs,
        maxRows,
      });
      try {
        return { type: "application/json", body: JSON.stringify(await database.query(sql)) };
      } finally {
        database.close();
      }
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return { status: 422, type: "application/json", body: JSON.stringify({ detail }) };
    }
  }
}
