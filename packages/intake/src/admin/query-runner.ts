import { listSegments } from "@activity/spool";
import { askEvents } from "../query/ask-events.ts";
import { loadDuckDb } from "../query/load-duckdb.ts";
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
      const result = await askEvents(sql, {
        list: () => listSegments(this.#directory),
        none: "there are no events yet",
        packageFolder: this.#packageFolder,
        timeoutMs,
        maxRows,
      });
      return { type: "application/json", body: JSON.stringify(result) };
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return { status: 422, type: "application/json", body: JSON.stringify({ detail }) };
    }
  }
}
