import { defaultLimits } from "../limits.ts";
import type { JsonValue } from "./activity-event.ts";

/** Characters of a text that is worth keeping when it must be shortened. */
const minChars = 32;
/** Room for the marks themselves. */
const marksBytes = 4_096;

/** Bytes of a text as UTF-8. */
export function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Whether a text surely fits, told from its length alone: no UTF-16 unit needs more than three bytes. */
export function surelyFits(text: string, maxBytes: number): boolean {
  return text.length * 3 <= maxBytes;
}

/**
 * Makes encoded attributes fit: the largest texts are shortened, ending in `…`; other large values are
 * removed. Adds `truncated`, `truncated_attributes` and, past 32 names, `truncated_attributes_omitted`.
 *
 * @param text Members with a comma before each, as `encodeAttributes` makes them.
 * @param maxBytes Bytes of UTF-8 that the result may have, its marks included; at least 6,144.
 */
export function shortenAttributes(text: string, maxBytes: number): string {
  const attributes = JSON.parse(`{${text.slice(1)}}`) as Record<string, JsonValue>; // It was encoded from one.
  const sizes = new Map(Object.entries(attributes).map(([key, value]) => [key, memberBytes(key, value)]));
  let excess = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0) - (maxBytes - marksBytes);
  const names = new Set<string>();
  while (excess > 0) {
    const [key, bytes] = largest(sizes);
    names.add(key);
    const short = shortenText(attributes[key], bytes - excess - memberBytes(key, ""));
    const left = short === undefined ? 0 : memberBytes(key, short);
    if (short === undefined) delete attributes[key];
    else attributes[key] = short;
    sizes.set(key, left);
    excess -= bytes - left;
  }
  const listed = listNames([...names]);
  Object.assign(attributes, { truncated: true, truncated_attributes: listed });
  const omitted = names.size - listed.length;
  if (omitted > 0) Object.assign(attributes, { truncated_attributes_omitted: omitted });
  return `,${JSON.stringify(attributes).slice(1, -1)}`;
}

/** Bytes of a member with its colon and comma. */
function memberBytes(key: string, value: JsonValue): number {
  return utf8Bytes(JSON.stringify(key)) + utf8Bytes(JSON.stringify(value)) + 2;
}

function largest(sizes: ReadonlyMap<string, number>): readonly [key: string, bytes: number] {
  return [...sizes].reduce((most, entry) => (entry[1] > most[1] ? entry : most));
}

/**
 * The beginning of a long text, within `maxBytes` when that leaves enough to be worth keeping, else the
 * least worth keeping; `undefined` for what cannot be shortened.
 */
function shortenText(value: JsonValue | undefined, maxBytes: number): string | undefined {
  if (typeof value !== "string" || value.length <= minChars) return undefined;
  // The ellipsis has three bytes. Escapes and wide characters make the guess too long: then it is halved.
  let chars = Math.min(value.length - 1, maxBytes - 2);
  while (chars > minChars && utf8Bytes(JSON.stringify(cut(value, chars))) - 2 > maxBytes) chars >>= 1;
  return cut(value, Math.max(chars, minChars));
}

/** As many names as may be listed and fit beside the other marks. */
export function listNames(names: readonly string[]): readonly string[] {
  const listed = names.slice(0, defaultLimits.maxNamesListed).map((name) => cut(name, 64));
  while (utf8Bytes(JSON.stringify(listed)) > marksBytes - 256) listed.pop();
  return listed;
}

/** The first characters of a text and `…`, never half of a surrogate pair. */
function cut(text: string, chars: number): string {
  return text.length > chars ? `${text.slice(0, chars - 1).replace(/[\ud800-\udbff]$/, "")}…` : text;
}
