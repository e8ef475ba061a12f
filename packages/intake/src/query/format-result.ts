import type { QueryResult } from "./event-database.ts";

const maxCellChars = 100;

/** One object a row. */
export function* formatJsonLines({ columns, rows }: QueryResult): Generator<string> {
  for (const row of rows)
    yield JSON.stringify(Object.fromEntries(columns.map(({ name }, at) => [name, row[at] ?? null])));
}

/** RFC 4180, with a line of names. */
export function* formatCsv({ columns, rows }: QueryResult): Generator<string> {
  yield columns.map(({ name }) => csvCell(name)).join(",");
  for (const row of rows) yield row.map((value) => csvCell(cellText(value))).join(",");
}

/** For people: long values are cut. */
export function* formatTable({ columns, rows }: QueryResult): Generator<string> {
  const table = [columns.map(({ name }) => name), ...rows.map((row) => row.map(shownCell))];
  const widths = columns.map((_, at) => Math.max(...table.map((row) => [...(row[at] ?? "")].length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => cell + " ".repeat((widths[at] ?? 0) - [...cell].length))
      .join("  ")
      .trimEnd();
  const [names = [], ...values] = table;
  yield line(names);
  yield widths.map((width) => "─".repeat(width)).join("  ");
  for (const row of values) yield line(row);
  yield `${rows.length} row(s)`;
}

/** Control characters would move the cursor of a terminal. */
function shownCell(value: unknown): string {
  const text = cellText(value).replace(/\p{Cc}/gu, "�");
  return text.length > maxCellChars ? `${text.slice(0, maxCellChars - 1)}…` : text;
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
