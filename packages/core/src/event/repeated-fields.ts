import { envelopeFields } from "./check-envelope.ts";
import { countUpTo, walkStructure } from "./walk-structure.ts";

/**
 * Whether one of the four fields stands twice at the top level of a valid JSON object's text, also when
 * spelled with escapes. Two parsers would read two truths from such a text.
 */
export function repeatsEnvelopeField(text: string): boolean {
  const most = envelopeFields.length;
  // A rare letter first is what a search is fast with; a name written with escapes has a backslash.
  if (countUpTo(most, text, "vent_") === most && !text.includes("\\u")) return false;
  const fields: readonly unknown[] = envelopeFields;
  let found = 0;
  // A colon follows a key.
  return walkStructure(
    text,
    (unit, depth, last) => unit === ":" && depth === 1 && fields.includes(JSON.parse(last)) && ++found > most,
  );
}
