import { readdirSync, readFileSync } from "node:fs";
import { quote, systemClock } from "@activity/core";
import { closestName } from "@activity/core/options";
import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { DuckDb } from "./load-duckdb.ts";
import { loadDuckDb } from "./load-duckdb.ts";
import { QueryRefused } from "./query-refused.ts";

/** A column of a result. */
export interface ResultColumn {
  readonly name: string;
  readonly type: string;
}

/** A result: every value as JSON can hold it, large integers and times as text. */
export interface QueryResult {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly unknown[])[];
  /** Whether there were more rows than were asked for. */
  readonly cut: boolean;
}

/** Where events are and what may be asked of them. */
export interface EventDatabaseOptions {
  /** Paths and patterns of NDJSON files. */
  readonly files: readonly string[];
  /** Where this package stands: the views come from there. */
  readonly packageFolder: URL;
  /** Ends a query that takes longer. @defaultValue no limit */
  readonly timeoutMs?: number | undefined;
  /** @defaultValue no limit */
  readonly maxRows?: number | undefined;
}

/** Events as tables. */
export interface EventDatabase {
  /** Runs one statement that only reads. @throws QueryRefused for any other, for what DuckDB does not like, and for one that takes too long. */
  query(sql: string): Promise<QueryResult>;
  close(): void;
}

/**
 * Opens the shipped views over files of events. Nothing but these files can be read, and nothing written.
 *
 * @throws INVALID_OPTION without DuckDB; QueryRefused when a file cannot be read.
 */
export async function openEventDatabase(options: EventDatabaseOptions): Promise<EventDatabase> {
  const duckdb = await loadDuckDb();
  const instance = await duckdb.DuckDBInstance.create(":memory:", { memory_limit: "1GB" });
  const connection = await instance.connect();
  try {
    await createViews(connection, options);
  } catch (cause) {
    release(instance, connection);
    throw cause;
  }
  return {
    query: (sql) => queryOnce(duckdb, connection, { ...options, sql }),
    close: () => release(instance, connection),
  };
}

/** The shipped statements, in the order in which they build on each other. */
export function readViews(packageFolder: URL): readonly string[] {
  const folder = new URL("dist/analysis/", packageFolder);
  const names = readdirSync(folder).filter((name) => name.endsWith(".sql"));
  return names.toSorted().map((name) => readFileSync(new URL(name, folder), "utf8"));
}

async function createViews(
  connection: DuckDBConnection,
  { files, packageFolder }: EventDatabaseOptions,
): Promise<void> {
  const list = files.map((file) => quoted(file)).join(", ");
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(`SET VARIABLE files = [${list}]`);
  for (const statements of readViews(packageFolder)) await connection.run(statements);
  // From here on only these files can be read, and no setting changed.
  await connection.run(`SET allowed_paths = [${list}]`);
  await connection.run("SET enable_external_access = false");
  await connection.run("SET lock_configuration = true");
}

async function queryOnce(
  duckdb: DuckDb,
  connection: DuckDBConnection,
  { sql, timeoutMs, maxRows = Number.POSITIVE_INFINITY }: EventDatabaseOptions & { readonly sql: string },
): Promise<QueryResult> {
  try {
    // DuckDB cannot take nothing apart.
    if (sql.trim() === "") throw new QueryRefused("0 statements; one is allowed");
    const statements = await connection.extractStatements(sql);
    if (statements.count !== 1) throw new QueryRefused(`${statements.count} statements; one is allowed`);
    const statement = await statements.prepare(0);
    const { SELECT, EXPLAIN } = duckdb.StatementType;
    if (statement.statementType !== SELECT && statement.statementType !== EXPLAIN) {
      throw new QueryRefused("only a SELECT is allowed");
    }
    const watch = startWatch(connection, timeoutMs);
    try {
      const reader = await statement.streamAndReadUntil(Math.min(maxRows + 1, Number.MAX_SAFE_INTEGER));
      const columns = reader.columnNames().map((name, at) => ({ name, type: String(reader.columnType(at)) }));
      const rows = reader.getRowsJson();
      return { columns, rows: rows.slice(0, maxRows), cut: rows.length > maxRows };
    } finally {
      watch?.cancel();
    }
  } catch (cause) {
    if (cause instanceof QueryRefused) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new QueryRefused((await unknownView(connection, why)) ?? why, { cause });
  }
}

/** What to say of a view that there is not: DuckDB would name tables of its own. */
async function unknownView(connection: DuckDBConnection, why: string): Promise<string | undefined> {
  const [, name] = /Table with name (\S+) does not exist/.exec(why) ?? [];
  if (name === undefined) return undefined;
  const found = await connection.runAndReadAll("SELECT view_name FROM duckdb_views() WHERE NOT internal");
  const views = found.getRowsJson().map(([view]) => String(view));
  const meant = closestName(name, views);
  const advice = meant === undefined ? `there are ${views.toSorted().join(", ")}` : `did you mean ${meant}?`;
  return `there is no view ${quote(name)}; ${advice}`;
}

function startWatch(
  connection: DuckDBConnection,
  timeoutMs: number | undefined,
): { cancel(): void } | undefined {
  if (timeoutMs === undefined) return undefined;
  return systemClock.setTimer(() => connection.interrupt(), timeoutMs, { unref: true });
}

function release(instance: DuckDBInstance, connection: DuckDBConnection): void {
  connection.closeSync();
  instance.closeSync();
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
