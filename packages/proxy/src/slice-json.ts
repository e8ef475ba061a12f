/** One element of an array or one member of an object, as a place in the text. */
export interface JsonPart {
  /** The name of a member, escapes resolved; `undefined` in an array. */
  readonly key: string | undefined;
  /** Where the value starts, white space before it passed over. */
  readonly start: number;
  /** Where the value ends, white space after it left out. */
  readonly end: number;
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;

/**
 * Cuts an array or object into its parts without building any of them, so that each keeps its own spelling.
 * The text must be valid JSON.
 *
 * @param open Where the bracket stands that opens the array or object.
 * @param maxParts Stops when one more than this is found.
 */
export function sliceJson(
  text: string,
  open: number,
  maxParts: number = Number.POSITIVE_INFINITY,
): JsonPart[] {
  const parts: JsonPart[] = [];
  let depth = 0;
  let start = open + 1;
  let key: string | undefined;
  const take = (end: number): void => {
    const from = skipBlanks(text, start, end);
    if (from < end) parts.push({ key, start: from, end: skipBlanksBack(text, from, end) });
    start = end + 1;
    key = undefined;
  };
  for (let at = open; at < text.length && parts.length <= maxParts; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at);
    else if (code === 0x5b || code === 0x7b) depth++;
    else if (code === 0x5d || code === 0x7d) {
      depth--;
      if (depth === 0) {
        take(at);
        return parts;
      }
    } else if (depth === 1 && code === comma) take(at);
    else if (depth === 1 && code === colon) {
      key = readKey(text.slice(skipBlanks(text, start, at), at));
      start = at + 1;
    }
  }
  return parts;
}

/** What stands before a colon. */
function readKey(json: string): string {
  if (!json.startsWith('"')) throw new SyntaxError("the name of a member is no string");
  return JSON.parse(json) as string; // As it begins.
}

/** The first place at or after `from` that holds no JSON white space; `end` where there is none. */
export function skipBlanks(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && isBlank(text.charCodeAt(at))) at++;
  return at;
}

/** The end of what stands before `end` without the JSON white space that follows it. */
export function skipBlanksBack(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && isBlank(text.charCodeAt(at - 1))) at--;
  return at;
}

/** Whether a character is white space to JSON (RFC 8259 §2); other kinds of white space are not. */
export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** Where the string that opens at `open` is closed. */
function endOfString(text: string, open: number): number {
  let close = text.indexOf('"', open + 1);
  while (close > 0 && isEscaped(text, close)) close = text.indexOf('"', close + 1);
  return close < 0 ? text.length : close;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(at - 1 - slashes) === backslash) slashes++;
  return slashes % 2 === 1;
}
