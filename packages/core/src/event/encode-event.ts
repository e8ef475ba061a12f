import type { EncodedAttributes } from "./encode-attributes.ts";
import { listNames, shortenAttributes, surelyFits, utf8Bytes } from "./shorten-event.ts";

/** Bytes of `event_id`, `event_time` and the punctuation round them, at most. */
const headBytes = 256;

/** Adds to encoded attributes the marks that say what was left out; every list is bounded. */
export function markAlterations(encoded: EncodedAttributes): string {
  const { text, problems, omitted } = encoded;
  if (problems.length === 0 && omitted === 0) return text;
  const listed = listNames(problems);
  const more = problems.length - listed.length;
  return (
    text +
    (problems.length > 0 ? `,"encoding_problems":${JSON.stringify(listed)}` : "") +
    (more > 0 ? `,"encoding_problems_omitted":${more}` : "") +
    (omitted > 0 ? `,"attributes_omitted":${omitted}` : "")
  );
}

/** Makes encoded attributes fit into an event of `maxBytes`; returns the same text when they do. */
export function fitAttributes(head: string, text: string, maxBytes: number): string {
  const room = maxBytes - headBytes;
  if (surelyFits(head, 1_536) && surelyFits(text, room - 1_536)) return text;
  const left = room - utf8Bytes(head);
  return utf8Bytes(text) <= left ? text : shortenAttributes(text, left);
}

/** The text of an event from its parts. */
export function joinEvent(id: string, time: string, head: string, attributes: string): string {
  // A time needs no escaping, nor do ids made here; of visible ASCII only these two do.
  const escaped = /["\\]/.test(id) ? id.replace(/["\\]/g, "\\$&") : id;
  return `{"event_id":"${escaped}","event_time":"${time}"${head}${attributes}}`;
}
