import { skipBlanks } from "./slice-json.ts";

const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a JSON string may not hold.
const plainChars = /[^"\\\x00-\x1f]*/y;
const escapeSequence = /\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})/y;

/**
 * Where a text stops being JSON (RFC 8259): the index of the first character that cannot stand where it
 * does, or the length of a text that ends too early; -1 for valid JSON. Engines tell this in words that
 * differ and leave the place out of short texts.
 */
export function findJsonError(text: string): number {
  const open: string[] = [];
  let at = skipBlanks(text, 0, text.length);
  let expects: "value" | "valueOrEnd" | "key" | "keyOrEnd" | "next" = "value";
  while (expects !== "next" || open.length > 0) {
    const char: string | undefined = text[at];
    const closer: "]" | "}" = open.at(-1) === "[" ? "]" : "}";
    let end = -1;
    if (expects === "next") {
      if (char === closer) open.pop();
      else if (char === ",") expects = closer === "}" ? "key" : "value";
      else return at;
      end = at + 1;
    } else if (char === closer && expects.endsWith("OrEnd")) {
      open.pop();
      expects = "next";
      end = at + 1;
    } else if (expects === "key" || expects === "keyOrEnd") {
      end = char === '"' ? skipString(text, at) : -1 - at;
      if (end < 0) return -1 - end;
      end = skipBlanks(text, end, text.length);
      if (text[end] !== ":") return end;
      expects = "value";
      end++;
    } else if (char === "[" || char === "{") {
      open.push(char);
      expects = char === "[" ? "valueOrEnd" : "keyOrEnd";
      end = at + 1;
    } else {
      end = char === '"' ? skipString(text, at) : match(scalar, text, at);
      if (end < 0) return char === '"' ? -1 - end : at;
      expects = "next";
    }
    at = skipBlanks(text, end, text.length);
  }
  return at === text.length ? -1 : at;
}

/** Where a string that opens at `open` ends; where it is wrong, -1 minus that place. */
function skipString(text: string, open: number): number {
  let at = open + 1;
  for (;;) {
    at = match(plainChars, text, at);
    if (text[at] === '"') return at + 1;
    const escaped = match(escapeSequence, text, at);
    if (escaped < 0) return -1 - at;
    at = escaped;
  }
}

/** Where what a sticky pattern matches at a place ends, or -1. */
function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}
