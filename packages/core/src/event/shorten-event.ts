import { maxNamesListed } from "../limits.ts";
import type { JsonObject } from "./activity-event.ts";
import { utf8Bytes } from "./utf8.ts";

/** Whether a text surely fits, told from its length in characters alone: no UTF-16 unit needs more than three bytes. */
export function surelyFits(chars: number, maxBytes: number): boolean {
  return chars * 3 <= maxBytes;
}

/**
 * Makes encoded attributes fit: texts longer than a bound are cut and end in `…`, other values longer
 * than it are removed; the bound is the largest with which all fits, to a 64th of `maxBytes`, so that the largest pay.
 * Adds `truncated`, `truncated_attributes` and, past 32 names, `truncated_attributes_omitted`.
 *
 * @param text Members with a comma before each.
 * @param maxBytes Bytes of UTF-8 that the result may have, its marks included.
 */
export function shortenAttributes(text: string, maxBytes: number): string {
  if (utf8Bytes(text) <= maxBytes) return text;
  const members = JSON.parse(`{${text.slice(1)}}`) as JsonObject; // It was encoded from one.
  const entries = Object.entries(members).map(
    ([key, value]) => [key, value, typeof value === "string" ? value : JSON.stringify(value)] as const,
  );
  const shortenTo = (chars: number): string => {
    const names: string[] = [];
    let short = "";
    for (const [key, value, long] of entries) {
      const whole = Math.max(key.length, long.length) <= chars;
      if (!whole) names.push(cut(key, Math.min(chars, 64)));
      if (whole || (value === long && key.length <= chars))
        short += `,${JSON.stringify(key)}:${value === long ? JSON.stringify(cut(long, chars)) : long}`;
    }
    return `${short},"truncated":true${listNames("truncated_attributes", names)}`;
  };
  let fitting = "";
  let bound = 0;
  for (let step = maxBytes / 2; step >= maxBytes / 64 || !fitting; step /= 2) {
    const short = shortenTo(bound + step);
    if (utf8Bytes(short) <= maxBytes) {
      fitting = short;
      bound += step;
    }
  }
  return fitting;
}

/** The members `key` and, past 32 names, `key_omitted`; nothing for no names. */
export function listNames(key: string, names: readonly string[]): string {
  const listed = names.slice(0, maxNamesListed).map((name) => cut(name, 64));
  const omitted = names.length - maxNamesListed;
  return names.length > 0
    ? `,"${key}":${JSON.stringify(listed)}${omitted > 0 ? `,"${key}_omitted":${omitted}` : ""}`
    : "";
}

/** The first characters of a text, `…` among them, never half of a surrogate pair. Of more than none: a part of one is one. */
function cut(text: string, chars: number): string {
  return text.length > chars ? `${text.slice(0, chars - 1).replace(/[\ud800-\udbff]$/, "")}…` : text;
}
