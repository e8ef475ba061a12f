import type { EncodedAttributes } from "./encode-carefully.ts";
import { finishAttributes } from "./encode-event.ts";

/**
 * The text of an event with marks for what was left out, made to fit into `maxBytes`: its largest attributes pay.
 *
 * @param spared keys that stay as they are, the four fields among them
 */
export function finishEventText(
  text: string,
  flaws: Omit<EncodedAttributes, "text">,
  { spared, maxBytes }: { readonly spared: readonly string[]; readonly maxBytes: number },
): string {
  let head = "";
  let rest = "";
  for (const [key, value] of Object.entries(JSON.parse(text) as object)) {
    const member = `,${JSON.stringify(key)}:${JSON.stringify(value)}`;
    if (spared.includes(key)) head += member;
    else rest += member;
  }
  return `{${head.slice(1)}${finishAttributes({ ...flaws, text: rest }, head, maxBytes)}}`;
}
