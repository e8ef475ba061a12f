import { envelopeFields } from "./check-envelope.ts";

const token = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;

/**
 * Whether one of the four fields stands twice at the top level of a valid JSON object's text, also when
 * spelled with escapes. Two parsers would read two truths from such a text.
 */
export function repeatsEnvelopeField(text: string): boolean {
  const doubtful =
    text.indexOf("\\u") >= 0 ||
    envelopeFields.some((field) => text.indexOf(`"${field}"`) !== text.lastIndexOf(`"${field}"`));
  return doubtful && countTopLevelFields(text) > envelopeFields.length;
}

function countTopLevelFields(text: string): number {
  let depth = 0;
  let count = 0;
  let last = "";
  for (const [found] of text.matchAll(token)) {
    if (found === ":") {
      if (depth === 1 && (envelopeFields as readonly string[]).includes(JSON.parse(last) as string)) count++; // A colon follows a key, and a key is a string.
    } else if (found === "{" || found === "[") depth++;
    else if (found === "}" || found === "]") depth--;
    else last = found;
  }
  return count;
}
