/**
 * Whether brackets in a text of JSON, those in its strings aside, nest deeper than some bound. Looks no further than to
 * the first that is too deep; what is no JSON gets some answer.
 */
export function nestsDeeper(text: string, maxDepth: number): boolean {
  if (!hasMoreBrackets(text, maxDepth)) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22) at = closeOfString(text, at);
    else if (unit === 0x5b || unit === 0x7b) depth++;
    else if (unit === 0x5d || unit === 0x7d) depth--;
    if (depth > maxDepth) return true;
  }
  return false;
}

/** Whether enough brackets open. Most events have few, and a search is many times faster than a loop. */
function hasMoreBrackets(text: string, most: number): boolean {
  let left = most;
  for (const bracket of ["{", "["]) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      if (--left < 0) return true;
    }
  }
  return false;
}

/** Where the string that opens at `open` is closed; the end of the text where it is not. */
function closeOfString(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22) return at;
    if (unit === 0x5c) at++;
  }
  return text.length;
}
