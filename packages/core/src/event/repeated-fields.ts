import { envelopeFields } from "./check-envelope.ts";

/**
 * Whether one of the four fields stands twice at the top level of a valid JSON object's text, also when
 * spelled with escapes. Two parsers would read two truths from such a text.
 */
export function repeatsEnvelopeField(text: string): boolean {
  const suspicious =
    text.indexOf("\\u") >= 0 ||
    envelopeFields.some((field) => text.indexOf(`"${field}"`) !== text.lastIndexOf(`"${field}"`));
  if (!suspicious) return false;
  let depth = 0;
  let found = 0;
  let last = "";
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:]/g)) {
    if (token === "{" || token === "[") depth++;
    else if (token === "}" || token === "]") depth--;
    else if (token !== ":") last = token;
    // A colon follows a key.
    else if (depth === 1 && (envelopeFields as readonly unknown[]).includes(JSON.parse(last))) found++;
  }
  return found > envelopeFields.length;
}
