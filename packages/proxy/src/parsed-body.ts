import { httpContract } from "@activity/core";
import { Refusal } from "./answer.ts";
import type { RequestBody } from "./request.ts";

/** A body that somebody in front of the proxy has read. */
export type ParsedBody = Exclude<RequestBody, { kind: "stream" }>;

/** Its bytes or text, and how many bytes that is. @throws Refusal 400 or 500. */
export function readParsed(
  body: ParsedBody,
  coding: string,
): { readonly read: Uint8Array | string; readonly size: number } {
  if (body.kind === "bytes") return { read: body.bytes, size: body.bytes.length };
  const read = body.kind === "text" ? body.text : serialise(body);
  if (body.kind === "text" && wasCodedText(read, coding)) throw consumed(spoiled);
  return { read, size: new TextEncoder().encode(read).length };
}

/** First bytes of what compresses; no JSON begins so. */
const beginnings: Readonly<Record<string, number>> = { gzip: 0x1f, deflate: 0x78, zstd: 0x28 };

/** Whether a host has collected the bytes of a coded body and left the decoding to others. */
export function isStillCoded(bytes: Uint8Array, coding: string): boolean {
  return bytes[0] !== undefined && bytes[0] === beginnings[coding];
}

const unread =
  "the body was read before it came here and is not in request.body; mount the handler before whatever reads it";
const spoiled =
  "compressed bytes were read as text before they came here, and are lost; mount the handler before whatever reads the body";

/** Compressed bytes hold some that are no UTF-8; a parser has replaced those. */
function wasCodedText(text: string, coding: string): boolean {
  return text.charCodeAt(0) === beginnings[coding] && text.includes("\u{fffd}");
}

/** Ours to answer for, and no fault of the events: a 4xx would have their sender give them up. */
function consumed(detail: string): Refusal {
  return new Refusal({ status: 500, code: "body_consumed", detail });
}

function serialise(body: Extract<ParsedBody, { kind: "value" | "consumed" }>): string {
  if (body.kind === "consumed") throw consumed(unread);
  try {
    return JSON.stringify(body.value) ?? "";
  } catch {
    throw new Refusal({
      status: httpContract.status.unreadable,
      code: "bad_json",
      detail: "the parsed body cannot be written as JSON",
    });
  }
}
