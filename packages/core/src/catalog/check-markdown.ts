import type { AnyCatalog } from "./catalog-types.ts";
import type { MarkdownOptions } from "./to-markdown.ts";
import { toMarkdown } from "./to-markdown.ts";

/** Characters of a line that a message quotes. */
const maxQuotedChars = 80;

/**
 * Whether a document that was made by `toMarkdown` still says what the catalog says: `undefined` when it does, else
 * one sentence with the first line that differs. Blank lines, line ends and the padding of tables do not count, so
 * formatters may touch the file.
 *
 * @throws INVALID_OPTION as `toMarkdown` does.
 * @example
 * expect(checkMarkdown(catalog, readFileSync("TELEMETRY.md", "utf8"))).toBeUndefined();
 */
export function checkMarkdown(
  catalog: AnyCatalog,
  text: string,
  options: MarkdownOptions = {},
): string | undefined {
  const found = meaningfulLines(text);
  const wanted = meaningfulLines(toMarkdown(catalog, options));
  for (let index = 0; index < Math.max(found.length, wanted.length); index++) {
    const [has, says] = [found[index], wanted[index]];
    if (has?.text === says?.text) continue;
    const place = has === undefined ? "The document ends" : `Line ${has.number} is ${quote(has.text)}`;
    const expected = says === undefined ? "ends there" : `says ${quote(says.text)}`;
    return `${place} where the catalog ${expected}: write the document again with toMarkdown.`;
  }
  return undefined;
}

function meaningfulLines(text: string): { number: number; text: string }[] {
  return text
    .split("\n")
    .map((line, index) => ({
      number: index + 1,
      text: line.trim().replace(/\s+/g, " ").replace(/-{3,}/g, "---"),
    }))
    .filter((line) => line.text !== "");
}

function quote(line: string): string {
  return JSON.stringify(line.length > maxQuotedChars ? `${line.slice(0, maxQuotedChars - 1)}…` : line);
}
