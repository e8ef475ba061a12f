/** Numbers of one source: `count` of those from `from` to `to`, both included; all of them when exact. */
export interface NumberRange {
  readonly source: string;
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** The attributes of one `events_dropped`. The totals stand on the first of a reason. */
export interface DropAnnouncement {
  readonly reason: string;
  readonly count?: number;
  readonly counts_by_type?: Readonly<Record<string, number>>;
  /** Events whose ids carry no number, or of more sources than are kept apart. */
  readonly unnamed?: number;
  readonly ranges?: readonly NumberRange[];
}

/** Ranges kept for one source before neighbours are joined. */
const maxRanges = 64;
const maxSources = 100;
const maxTypes = 50;

/** A range while numbers are added to it. */
type GrowingRange = { -readonly [Key in keyof NumberRange]: NumberRange[Key] };

interface Tally {
  count: number;
  readonly byType: Map<string, number>;
  readonly bySource: Map<string, GrowingRange[]>;
  unnamed: number;
}

/**
 * Which events were given up and not announced yet, in bounded memory: beyond 64 ranges of a source,
 * neighbouring ones are joined and keep their count, so that an audit can still account for every number.
 */
export class DropTally {
  #byReason = new Map<string, Tally>();

  get empty(): boolean {
    return this.#byReason.size === 0;
  }

  /** Counts one event under a reason; returns whether it is the first of that reason since `take`. */
  add(reason: string, text: string): boolean {
    const known = this.#byReason.get(reason);
    const tally = known ?? { count: 0, byType: new Map(), bySource: new Map(), unnamed: 0 };
    this.#byReason.set(reason, tally);
    const { id, type } = idAndType(text);
    tally.count++;
    const label = tally.byType.has(type) || tally.byType.size < maxTypes ? type : "other";
    tally.byType.set(label, (tally.byType.get(label) ?? 0) + 1);
    const number = parseEventId(id);
    if (number === undefined || (!tally.bySource.has(number.source) && tally.bySource.size === maxSources))
      tally.unnamed++;
    else addNumber(tally.bySource, number.source, number.n);
    return known === undefined;
  }

  /** The attributes of an `events_dropped` for each reason and source; the tally is empty afterwards. */
  take(): readonly DropAnnouncement[] {
    const announcements = [...this.#byReason].flatMap(([reason, tally]) => describe(reason, tally));
    this.#byReason = new Map();
    return announcements;
  }
}

const idStart = '{"event_id":"';
const timeStart = '","event_time":"';
const typeStart = 'Z","event_type":"';
/** Characters of `2026-03-01T12:30:00.250`. */
const timeChars = 23;

/**
 * Id and type of a checked event's text. Most begin as ours do, letter by letter; parsing them whole, or by
 * a pattern, would leave garbage of several times their size.
 */
function idAndType(text: string): { readonly id: string; readonly type: string } {
  const idEnd = text.indexOf('"', idStart.length);
  const typeAt = idEnd + timeStart.length + timeChars;
  if (text.startsWith(idStart) && text.startsWith(timeStart, idEnd) && text.startsWith(typeStart, typeAt)) {
    const from = typeAt + typeStart.length;
    const id = text.slice(idStart.length, idEnd);
    const type = text.slice(from, text.indexOf('"', from));
    if (!id.includes("\\") && !type.includes("\\")) return { id, type };
  }
  const { event_id, event_type } = JSON.parse(text) as { event_id: string; event_type: string }; // Only checked events get here.
  return { id: event_id, type: event_type };
}

/** The parts of an id `<source>.<n>`; `undefined` for ids of another form. */
export function parseEventId(id: string): { readonly source: string; readonly n: number } | undefined {
  const dot = id.lastIndexOf(".");
  const n = Number(id.slice(dot + 1));
  return dot > 0 && Number.isSafeInteger(n) && n > 0 && String(n) === id.slice(dot + 1)
    ? { source: id.slice(0, dot), n }
    : undefined;
}

function addNumber(bySource: Map<string, GrowingRange[]>, source: string, n: number): void {
  const ranges = bySource.get(source) ?? [];
  bySource.set(source, ranges);
  const last = ranges.at(-1);
  if (last?.to === n - 1) {
    last.to = n;
    last.count++;
  } else ranges.push({ source, from: n, to: n, count: 1 });
  if (ranges.length > maxRanges) joinNearest(ranges);
}

/** Joins the two neighbours with the fewest numbers between them. */
function joinNearest(ranges: GrowingRange[]): void {
  ranges.sort((a, b) => a.from - b.from);
  let place = 0;
  let gap = Number.POSITIVE_INFINITY;
  for (const [index, { to }] of ranges.slice(0, -1).entries()) {
    const between = (ranges[index + 1]?.from ?? Number.POSITIVE_INFINITY) - to;
    if (between < gap) [place, gap] = [index, between];
  }
  const [left, right] = ranges.slice(place, place + 2);
  if (left !== undefined && right !== undefined) {
    ranges.splice(place, 2, {
      source: left.source,
      from: left.from,
      to: Math.max(left.to, right.to),
      count: left.count + right.count,
    });
  }
}

function describe(reason: string, { count, byType, bySource, unnamed }: Tally): readonly DropAnnouncement[] {
  const totals = {
    reason,
    count,
    counts_by_type: Object.fromEntries(byType),
    ...(unnamed > 0 ? { unnamed } : {}),
  };
  // One event a source keeps each within its size.
  const [first, ...others] = bySource.values();
  return [
    first === undefined ? totals : { ...totals, ranges: first },
    ...others.map((ranges) => ({ reason, ranges })),
  ];
}
