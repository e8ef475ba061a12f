import { ActivityError } from "@activity/core";

/** The API of DuckDB. */
export type DuckDb = typeof import("@duckdb/node-api");

/**
 * The oldest DuckDB whose answers the views are tested with. It is looked up here and not by the package manager:
 * every version of its package is a prerelease to npm, which no range but `*` lets in.
 */
const oldest = [1, 5] as const;

/**
 * Loads DuckDB, which is optional.
 *
 * @throws INVALID_OPTION with what to install, where it is not there or too old.
 */
export async function loadDuckDb(): Promise<DuckDb> {
  let duckdb: DuckDb;
  try {
    duckdb = await import("@duckdb/node-api");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException; // What an import throws.
    const missing = code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
    throw unusable(
      missing ? "DuckDB is not installed" : `DuckDB cannot be loaded (${String(cause)})`,
      "@duckdb/node-api",
      cause,
    );
  }
  checkDuckDbVersion(duckdb.version());
  return duckdb;
}

/** @throws INVALID_OPTION for a version such as `v1.4.9`; one that cannot be read passes. */
export function checkDuckDbVersion(version: string): void {
  const [major, minor] = oldest;
  const [, ...found] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  const [foundMajor = major, foundMinor = minor] = found.map(Number);
  if (foundMajor > major || (foundMajor === major && foundMinor >= minor)) return;
  throw unusable(
    `DuckDB is ${version}; it must be ${oldest.join(".")} or newer`,
    "@duckdb/node-api@latest",
    undefined,
  );
}

function unusable(what: string, install: string, cause: unknown): ActivityError {
  return new ActivityError(
    "INVALID_OPTION",
    `${what}; queries need it: npm install ${install}, beside @activity/intake`,
    cause === undefined ? {} : { cause },
  );
}
