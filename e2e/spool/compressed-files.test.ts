/** Compressed files of a file sink, read by what people have: DuckDB, and gunzip with a reader of lines. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@activity/core";
import { fileSink } from "@activity/spool";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, expect, it } from "@jest/globals";

let directory: string;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "activity-files-"));
  const sink = fileSink({ directory, gzip: true, maxFileBytes: 20_000 });
  const client = createClient({ sink });
  for (let n = 1; n <= 500; n++) client.track("order", { n, amount: n / 4 });
  await client.close({ timeoutMs: 60_000 });
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it("DuckDB reads them as they are", async () => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const files = join(directory, "*.ndjson.gz").replaceAll("'", "''");
  const query = `SELECT count(*) AS orders, sum(amount) AS total FROM read_ndjson_auto('${files}') WHERE event_name = 'order'`;
  const result = await connection.runAndReadAll(query);
  const [row] = result.getRowObjectsJson();
  expect(row).toEqual({ orders: "500", total: 31_312.5 });
  connection.closeSync();
});

it("gunzip gives lines of JSON, one an event", () => {
  const files = readdirSync(directory).map((file) => join(directory, file));
  expect(files.length).toBeGreaterThan(2);
  const lines = execFileSync("gzip", ["-dc", ...files], { encoding: "utf8" })
    .trimEnd()
    .split("\n");
  expect(lines.map((line) => (JSON.parse(line) as { event_name: string }).event_name)).toHaveLength(501);
});
