import { eventNames } from "../constants/event-names.ts";
import { eventTypes } from "../constants/event-types.ts";
import { parseEventId } from "../outbox/drop-tally.ts";

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

/** What an audit found. */
export interface AuditReport {
  /** Events read. */
  readonly events: number;
  /** Events whose id had been read before. */
  readonly duplicated: number;
  /** Events whose id is not `<source>.<n>`: counted and checked for duplicates, no more can be said. */
  readonly opaque: number;
  /** Numbers that nothing accounts for, over all sources. */
  readonly lost: number;
  /** Numbers that an `events_dropped` accounts for, over all sources. */
  readonly announced: number;
  readonly sources: readonly SourceAudit[];
}

interface Source {
  readonly numbers: number[];
  readonly dropped: { readonly from: number; readonly to: number; readonly count: number }[];
  closedAt: number;
}

/**
 * Accounts for every number of every source among events as they were found in a final store. The order
 * does not matter; events repeated outside a dedupe window are counted and otherwise ignored. Keeps one
 * number for each event in memory.
 */
export async function audit(events: Iterable<unknown> | AsyncIterable<unknown>): Promise<AuditReport> {
  const sources = new Map<string, Source>();
  const opaque = new Set<string>();
  let read = 0;
  let opaqueRead = 0;
  const sourceOf = (name: string): Source => {
    const known = sources.get(name) ?? { numbers: [], dropped: [], closedAt: 0 };
    sources.set(name, known);
    return known;
  };
  for await (const event of events) {
    if (typeof event !== "object" || event === null || !("event_id" in event)) continue;
    read++;
    const id = String(event.event_id);
    const number = parseEventId(id);
    noteTelemetry(event as Record<string, unknown>, number?.source, sourceOf); // An object, as was just checked.
    if (number === undefined) {
      opaqueRead++;
      opaque.add(id);
      continue;
    }
    sourceOf(number.source).numbers.push(number.n);
  }
  const audited = [...sources].map(([name, source]) => auditSource(name, source));
  const distinct = audited.reduce((sum, { arrived }) => sum + arrived, 0);
  return {
    events: read,
    duplicated: read - opaqueRead - distinct + opaqueRead - opaque.size,
    opaque: opaqueRead,
    lost: audited.reduce((sum, { lost }) => sum + lost, 0),
    announced: audited.reduce((sum, { announced }) => sum + announced, 0),
    sources: audited,
  };
}

function noteTelemetry(
  event: Record<string, unknown>,
  own: string | undefined,
  sourceOf: (name: string) => Source,
): void {
  if (event["event_type"] !== eventTypes.telemetry) return;
  if (event["event_name"] === eventNames.sourceClosed) {
    // Whoever took a dead process's events over names its source.
    const name = typeof event["source"] === "string" ? event["source"] : own;
    if (name === undefined) return;
    const source = sourceOf(name);
    source.closedAt = Math.max(source.closedAt, Number(event["last"]) || 0);
  }
  if (event["event_name"] !== eventNames.eventsDropped || !Array.isArray(event["ranges"])) return;
  for (const range of event["ranges"] as unknown[]) {
    const { source, from, to, count } = (range ?? {}) as Record<string, unknown>; // Checked in the next line.
    if (
      typeof source === "string" &&
      typeof from === "number" &&
      typeof to === "number" &&
      typeof count === "number"
    ) {
      sourceOf(source).dropped.push({ from, to, count });
    }
  }
}

function auditSource(name: string, { numbers, dropped, closedAt }: Source): SourceAudit {
  const arrived = [...new Set(numbers)].sort((a, b) => a - b);
  const last = dropped.reduce((max, { to }) => Math.max(max, to), Math.max(arrived.at(-1) ?? 0, closedAt));
  const missing = gapsBetween(arrived, last);
  const unexplained: MissingRange[] = [];
  let announced = 0;
  // An announcement that joins several ranges covers no more numbers than it counts.
  const budgets = dropped.map((range) => ({ ...range }));
  for (const gap of missing) {
    for (let n = gap.from; n <= gap.to; n++) {
      const budget = budgets.find(({ from, to, count }) => n >= from && n <= to && count > 0);
      if (budget !== undefined) {
        // An exact range explains as many numbers in a row as it has.
        const run = budget.count === budget.to - budget.from + 1 ? Math.min(gap.to, budget.to) - n + 1 : 1;
        budget.count -= run;
        announced += run;
        n += run - 1;
      } else extend(unexplained, n);
    }
  }
  const lost = unexplained.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  return {
    source: name,
    first: arrived[0] ?? 0,
    last,
    arrived: arrived.length,
    missing,
    announced,
    unexplained,
    lost,
    tail: closedAt >= last && closedAt > 0 ? "closed" : "open",
  };
}

function gapsBetween(arrived: readonly number[], last: number): MissingRange[] {
  const gaps: MissingRange[] = [];
  let next = 1;
  for (const n of [...arrived, last + 1]) {
    if (n > next) gaps.push({ from: next, to: n - 1 });
    next = n + 1;
  }
  return gaps;
}

function extend(ranges: MissingRange[], n: number): void {
  const previous = ranges.at(-1);
  if (previous?.to === n - 1) ranges[ranges.length - 1] = { from: previous.from, to: n };
  else ranges.push({ from: n, to: n });
}
