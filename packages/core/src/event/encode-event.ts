import type { EncodedAttributes } from "./encode-carefully.ts";
import { listNames, shortenAttributes, surelyFits } from "./shorten-event.ts";
import { utf8Bytes } from "./utf8.ts";

/** Bytes of `event_id`, which escaping can double, a time of 24 characters and the punctuation round them, at most. */
const frameBytes = 320;

/** `,"event_type":"…","event_name":"…"`. */
export function encodeHead(type: string, name: string): string {
  return `,"event_type":${JSON.stringify(type)},"event_name":${JSON.stringify(name)}`;
}

/** Whether an event surely keeps within `maxBytes`, told from the length of what follows its time. */
export function surelyFitsEvent(head: string, members: string, maxBytes: number): boolean {
  return surelyFits(head.length + members.length, maxBytes - frameBytes);
}

/** The members of an event with marks for what was left out, made to fit into `maxBytes` together with their head. */
export function finishAttributes(encoded: EncodedAttributes, head: string, maxBytes: number): string {
  const { text, problems, omitted } = encoded;
  const marks =
    listNames("encoding_problems", problems) + (omitted > 0 ? `,"attributes_omitted":${omitted}` : "");
  if (surelyFitsEvent(head, text + marks, maxBytes)) return text + marks;
  // What says that something is missing is not itself left out, unless there would be no room for anything else.
  const spared = surelyFits(marks.length, maxBytes / 2) ? marks : "";
  const paying = spared ? text : text + marks;
  return shortenAttributes(paying, maxBytes - frameBytes - utf8Bytes(head + spared)) + spared;
}
