import { eventNames } from "../constants/event-names.ts";
import { eventTypes } from "../constants/event-types.ts";
import { ActivityError } from "../errors/activity-error.ts";
import { parseEventId } from "../outbox/number-ranges.ts";
import type { DropClaim } from "./drop-claims.ts";
import { explainGaps } from "./explain-gaps.ts";
import type { GrowingRun } from "./number-runs.ts";
import { addRun, countNumbers, gapsBetween, mergeRuns } from "./number-runs.ts";
import type { IdentifiedEvent, StoredEvent } from "./read-event.ts";
import { readEvent } from "./read-event.ts";

/** Numbers from `from` to `to`, both included. */
export interface MissingRange {
  readonly from: number;
  readonly to: number;
}

/** What was found of one source. */
export interface SourceAudit {
  readonly source: string;
  readonly first: number;
  /** The highest number found, announced or named by `source_closed`. */
  readonly last: number;
  /** Distinct numbers that arrived. */
  readonly arrived: number;
  /** Numbers below `last` that did not arrive. */
  readonly missing: readonly MissingRange[];
  /** How many of them an `events_dropped` accounts for. */
  readonly announced: number;
  /** Ranges that nothing accounts for: a loss, unless the events are still on their way. */
  readonly unexplained: readonly MissingRange[];
  /** How many numbers are unexplained. */
  readonly lost: number;
  /** `closed`: a `source_closed` proves that nothing came after `last` · `open`: the tail is not proved. */
  readonly tail: "closed" | "open";
}

/** What an audit found. Counts are exact up to `Number.MAX_SAFE_INTEGER`. */
export interface AuditReport {
  /** Events read. */
  readonly events: number;
  /** What was read and is no event: no UTF-8, no JSON, no object with an `event_id`. Whether an event was lost with it, nobody can say. */
  readonly damaged: number;
  /** Events whose id had been read before. */
  readonly duplicated: number;
  /** Events whose id no client of ours has numbered: counted and checked for duplicates, no more can be said. */
  readonly opaque: number;
  /** Numbers that nothing accounts for, over all sources. */
  readonly lost: number;
  /** Numbers that an `events_dropped` accounts for, over all sources. */
  readonly announced: number;
  readonly sources: readonly SourceAudit[];
}

/** What every client calls its source; 20 characters are a page's. Other names are somebody else's numbering. */
const sourceName = /^[\w-]{20,21}$/;

interface Source {
  readonly arrived: GrowingRun[];
  readonly claims: DropClaim[];
  closedAt: number;
}

/**
 * Accounts for every number of every source among events as they were found in a final store. The order
 * does not matter; events repeated outside a dedupe window are counted and otherwise ignored.
 *
 * A source is what stands before the number in an id `<source>.<n>`, where it is 20 or 21 characters of
 * `A–Z a–z 0–9 _ -`, as every client makes it; ids of other forms are opaque, and what is announced of them
 * says nothing. Keeps opaque ids in memory, and of each source a range for each run of numbers that were read
 * in order: how large a number is costs nothing.
 *
 * @param events Objects, JSON texts, or bytes such as the values of Kafka's records, in any mixture. What is none
 * of them is counted as `damaged`.
 * @throws INVALID_OPTION for what is no list or stream of events, such as one text; what reading throws.
 */
export async function audit(
  events: (Iterable<StoredEvent> | AsyncIterable<StoredEvent>) & object,
): Promise<AuditReport> {
  if (!isStream(events)) {
    const got = ArrayBuffer.isView(events) ? "bytes" : `${typeof events}`;
    throw new ActivityError("INVALID_OPTION", `events is ${got}; it must be a list or a stream of events`);
  }
  const sources = new Sources();
  const opaque = new Set<string>();
  let read = 0;
  let opaqueRead = 0;
  let damaged = 0;
  for await (const stored of events) {
    const event = readEvent(stored);
    if (event === undefined) {
      damaged++;
      continue;
    }
    read++;
    const number = parseEventId(event.event_id);
    const own = number !== undefined && sourceName.test(number.source) ? number : undefined;
    if (event["event_type"] === eventTypes.telemetry) sources.noteTelemetry(event, own?.source);
    if (own === undefined) {
      opaqueRead++;
      opaque.add(event.event_id);
    } else addRun(sources.get(own.source).arrived, own.n, own.n);
  }
  const audited = sources.audit();
  const sum = (count: (source: SourceAudit) => number): number =>
    audited.reduce((total, source) => total + count(source), 0);
  return {
    events: read,
    damaged,
    duplicated: read - opaque.size - sum(({ arrived }) => arrived),
    opaque: opaqueRead,
    lost: sum(({ lost }) => lost),
    announced: sum(({ announced }) => announced),
    sources: audited,
  };
}

/** One text or one block of bytes can be walked through as well, and holds no list of events. */
function isStream(value: unknown): boolean {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return false;
  return Symbol.iterator in value || Symbol.asyncIterator in value;
}

/** What was read of each source. */
class Sources {
  readonly #byName = new Map<string, Source>();
  /** The ids of announcements: one that was stored twice explains no more. */
  readonly #announcements = new Set<string>();

  get(name: string): Source {
    const source = this.#byName.get(name) ?? { arrived: [], claims: [], closedAt: 0 };
    this.#byName.set(name, source);
    return source;
  }

  noteTelemetry(event: IdentifiedEvent, own: string | undefined): void {
    if (event["event_name"] === eventNames.sourceClosed) this.#noteClose(event, own);
    if (event["event_name"] !== eventNames.eventsDropped || !Array.isArray(event["ranges"])) return;
    if (this.#announcements.has(event.event_id)) return;
    this.#announcements.add(event.event_id);
    for (const range of event["ranges"] as unknown[]) this.#noteRange(range);
  }

  audit(): readonly SourceAudit[] {
    return [...this.#byName].map(([name, source]) => auditSource(name, source));
  }

  /** Whoever took a dead process's events over names its source. */
  #noteClose({ source, last }: IdentifiedEvent, own: string | undefined): void {
    const name = typeof source === "string" ? source : own;
    if (name === undefined || !sourceName.test(name) || !isNumber(last)) return;
    const closed = this.get(name);
    closed.closedAt = Math.max(closed.closedAt, last);
  }

  #noteRange(range: unknown): void {
    const { source, from, to, count } = (range ?? {}) as Record<string, unknown>; // Checked in the next lines.
    if (typeof source !== "string" || !sourceName.test(source)) return;
    if (isNumber(from) && isNumber(to) && isNumber(count) && from <= to)
      this.get(source).claims.push({ from, to, count });
  }
}

/** Whether a value can be the number of an event, or how many there are. */
function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0; // A number, as was just checked.
}

function auditSource(name: string, { arrived, claims, closedAt }: Source): SourceAudit {
  const runs = mergeRuns(arrived);
  const last = claims.reduce((max, { to }) => Math.max(max, to), Math.max(runs.at(-1)?.to ?? 0, closedAt));
  const missing = gapsBetween(runs, last);
  const { explained, unexplained } = explainGaps(missing, claims);
  return {
    source: name,
    first: runs[0]?.from ?? 0,
    last,
    arrived: countNumbers(runs),
    missing,
    announced: explained,
    unexplained,
    lost: countNumbers(unexplained),
    tail: closedAt >= last && closedAt > 0 ? "closed" : "open",
  };
}
