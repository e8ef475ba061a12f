/** What stands outside of a text's strings: a character, the depth behind it, the string before it with its quotes. */
export type Look = (unit: string, depth: number, lastString: string) => boolean;

/** Goes through a text of JSON, its strings aside, until a look says `true`; whether one did. What is no JSON gets some answer. */
export function walkStructure(text: string, look: Look): boolean {
  let depth = 0;
  let open = -1;
  let last = "";
  for (let at = 0; at < text.length; at++) {
    const unit = text[at] as string; // There is one.
    if (unit === "\\") at++;
    else if (unit === '"') {
      if (open >= 0) last = text.slice(open, at + 1);
      open = open < 0 ? at : -1;
    } else if (open < 0) {
      if (unit === "{" || unit === "[") depth++;
      else if (unit === "}" || unit === "]") depth--;
      if (look(unit, depth, last)) return true;
    }
  }
  return false;
}

/** How often a text has a part, counted up to one more than `most`. */
export function countUpTo(most: number, text: string, part: string): number {
  let found = 0;
  for (let at = text.indexOf(part); at >= 0 && found <= most; at = text.indexOf(part, at + 1)) found++;
  return found;
}
