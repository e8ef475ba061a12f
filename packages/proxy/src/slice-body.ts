import type { RefusalCode } from "@activity/core";
import { httpContract } from "@activity/core";
import { Refusal } from "./answer.ts";
import { decodeUtf8, invalidUtf8Offset, utf8Offset } from "./decode-utf8.ts";
import { findJsonError } from "./find-json-error.ts";
import type { BodyForm } from "./media-type.ts";
import type { ProxyLimits } from "./proxy-options.ts";
import type { ReadBody } from "./read-body.ts";
import { tooLarge } from "./read-body.ts";
import { scanBody } from "./scan-body.ts";
import { skipBlanks, skipBlanksBack, sliceJson } from "./slice-json.ts";
import type { SlicedBody } from "./sliced-body.ts";
import { readBatchId, readSentAt } from "./sliced-body.ts";

/** What slicing needs. */
export interface SliceOptions {
  readonly limits: ProxyLimits;
  /** @defaultValue by `TextDecoder` */
  readonly decode?: ((bytes: Uint8Array) => string | undefined) | undefined;
}

const byteOrderMark = "\uFEFF";
const envelope = ["event_id", "event_time", "event_type", "event_name"];

/**
 * Cuts a body into events, each with its own spelling.
 *
 * @throws Refusal 400 where it cannot be cut or holds no event, 413 for too many.
 */
export function sliceBody(body: ReadBody, form: BodyForm, options: SliceOptions): SlicedBody {
  const { limits, decode = decodeUtf8 } = options;
  const text = typeof body === "string" ? body : decode(body);
  // What somebody in front has decoded is worth no second coding: it is cut the slow way.
  const scannable = text !== undefined && typeof body !== "string";
  const scanned = scannable ? scanBody({ bytes: body, text }, form, limits) : undefined;
  const sliced =
    scanned ?? (text === undefined ? sliceBytes(body, form, limits) : sliceText(text, form, limits));
  if (sliced.slices.length > limits.maxEvents) throw tooLarge(limits, "too_many_events");
  if (sliced.slices.length === 0) throw unreadable("no_events", "the body holds no event", body.length);
  return sliced;
}

/** A body that is not UTF-8 as a whole: in NDJSON that is the fault of single lines. */
function sliceBytes(body: ReadBody, form: BodyForm, limits: ProxyLimits): SlicedBody {
  if (typeof body === "string") return sliceText(body, form, limits);
  if (form === "json") {
    throw unreadable("bad_unicode", "the body is not valid UTF-8", invalidUtf8Offset(body));
  }
  const slices: (string | undefined)[] = [];
  for (let start = 0; start < body.length && slices.length <= limits.maxEvents; ) {
    const feed = body.indexOf(0x0a, start);
    const end = feed < 0 ? body.length : feed;
    const line = decodeUtf8(body.subarray(start, end));
    if (line === undefined) slices.push(undefined);
    else takeLine(start === 0 ? withoutMark(line) : line, slices);
    start = end + 1;
  }
  return plain(slices);
}

function sliceText(text: string, form: BodyForm, limits: ProxyLimits): SlicedBody {
  const unmarked = withoutMark(text);
  if (form === "ndjson") return sliceLines(unmarked, limits);
  let value: unknown;
  try {
    value = JSON.parse(unmarked);
  } catch {
    if (form === "text") return sliceLines(unmarked, limits);
    const at = findJsonError(unmarked) + (text.length - unmarked.length);
    const offset = utf8Offset(text, at);
    if (skipBlanks(unmarked, 0, unmarked.length) === unmarked.length) {
      throw unreadable("no_events", "the body is empty", offset);
    }
    throw unreadable("bad_json", `the body stops being JSON after ${offset} bytes`, offset);
  }
  return sliceValue(unmarked, value, limits);
}

function sliceLines(text: string, limits: ProxyLimits): SlicedBody {
  const slices: string[] = [];
  for (let start = 0; start < text.length && slices.length <= limits.maxEvents; ) {
    const feed = text.indexOf("\n", start);
    const end = feed < 0 ? text.length : feed;
    takeLine(text.slice(start, end), slices);
    start = end + 1;
  }
  return plain(slices);
}

/** Adds a line without the white space round it, a carriage return among it, unless it is blank. */
function takeLine(line: string, slices: (string | undefined)[]): void {
  const start = skipBlanks(line, 0, line.length);
  const end = skipBlanksBack(line, start, line.length);
  if (start < end) slices.push(start === 0 && end === line.length ? line : line.slice(start, end));
}

/** One event, an array of events, or the wrapper. An event may have an attribute named `events`: its envelope tells. */
function sliceValue(text: string, value: unknown, limits: ProxyLimits): SlicedBody {
  const open = skipBlanks(text, 0, text.length);
  if (Array.isArray(value)) return plain(elements(text, open, limits));
  if (!isWrapper(value)) return plain([text.slice(open, skipBlanksBack(text, open, text.length))]);
  const events = sliceJson(text, open).findLast(({ key }) => key === "events");
  const { batch_id: batchId, sent_at: sentAt } = value;
  return {
    slices: events === undefined ? [] : elements(text, events.start, limits),
    batchId: readBatchId(batchId),
    sentAt: readSentAt(sentAt),
  };
}

function isWrapper(value: unknown): value is { readonly batch_id?: unknown; readonly sent_at?: unknown } {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.hasOwn(value, "events") &&
    "events" in value &&
    Array.isArray(value.events) &&
    !envelope.some((field) => Object.hasOwn(value, field))
  );
}

function elements(text: string, open: number, limits: ProxyLimits): string[] {
  return sliceJson(text, open, limits.maxEvents).map(({ start, end }) => text.slice(start, end));
}

function plain(slices: readonly (string | undefined)[]): SlicedBody {
  return { slices, batchId: undefined, sentAt: undefined };
}

function withoutMark(text: string): string {
  return text.startsWith(byteOrderMark) ? text.slice(1) : text;
}

function unreadable(code: RefusalCode, detail: string, offset: number): Refusal {
  return new Refusal({
    status: httpContract.status.unreadable,
    code,
    detail,
    members: { byte_offset: offset },
  });
}
