import { envelopeFields } from "./check-envelope.ts";

/**
 * Whether one of the four fields stands twice at the top level of a valid JSON object's text, also when
 * spelled with escapes. Two parsers would read two truths from such a text.
 */
export function repeatsEnvelopeField(text: string): boolean {
  // A rare letter first is what a search is fast with; a name written with escapes has a backslash.
  let mentions = 0;
  for (let at = text.indexOf("vent_"); at >= 0; at = text.indexOf("vent_", at + 1)) mentions++;
  if (mentions === envelopeFields.length && text.indexOf("\\u") < 0) return false;
  let depth = 0;
  let found = 0;
  let start = -1;
  let last = "";
  // One short token at a time: a pattern for a whole text would overflow on a long one.
  for (const { 0: token, index } of text.matchAll(/\\.|["{}[\]:]/g)) {
    if (token === '"') {
      if (start >= 0) last = text.slice(start, index + 1);
      start = start < 0 ? index : -1;
    } else if (start >= 0) continue;
    else if (token === "{" || token === "[") depth++;
    else if (token !== ":") depth--;
    // A colon follows a key.
    else if (depth === 1 && (envelopeFields as readonly unknown[]).includes(JSON.parse(last))) found++;
  }
  return found > envelopeFields.length;
}
