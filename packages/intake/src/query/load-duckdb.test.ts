import { describe, expect, it } from "@jest/globals";
import { checkDuckDbVersion, loadDuckDb } from "./load-duckdb.ts";

describe("the DuckDB that is installed", () => {
  it("is new enough here", async () => {
    expect((await loadDuckDb()).version()).toMatch(/^v1\.\d+\.\d+/);
  });

  it.each(["v1.5.0", "v1.5.6", "v1.10.0", "v2.0.0", "1.5.0-dev12", "a build of somebody's"])(
    "may be %s",
    (version) => {
      expect(() => checkDuckDbVersion(version)).not.toThrow();
    },
  );

  it.each(["v1.4.9", "v1.0.0", "v0.10.3"])(
    "may not be %s, and the message says what to install",
    (version) => {
      expect(() => checkDuckDbVersion(version)).toThrow(
        `DuckDB is ${version}; it must be 1.5 or newer; queries need it: npm install @duckdb/node-api@latest, beside @activity/intake`,
      );
    },
  );
});
