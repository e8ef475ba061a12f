import type { GrowingRange, NumberRange } from "./number-ranges.ts";
import { addNumber, parseEventId } from "./number-ranges.ts";

export type { NumberRange } from "./number-ranges.ts";
export { parseEventId } from "./number-ranges.ts";

/** The attributes of one `events_dropped`. The totals stand on the first of a reason. */
export interface DropAnnouncement {
  readonly reason: string;
  readonly count?: number;
  readonly counts_by_type?: Readonly<Record<string, number>>;
  /** Events whose ids carry no number, or of more sources than are kept apart. */
  readonly unnamed?: number;
  readonly ranges?: readonly NumberRange[];
}

const maxSources = 100;
const maxTypes = 50;

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
  readonly #byReason = new Map<string, Tally>();

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
    else {
      const ranges = tally.bySource.get(number.source) ?? [];
      tally.bySource.set(number.source, ranges);
      addNumber(ranges, number.source, number.n);
    }
    return known === undefined;
  }

  /** Takes out the attributes of an `events_dropped` for each reason and source, at most that many; the others stay. */
  take(most: number = Number.POSITIVE_INFINITY): readonly DropAnnouncement[] {
    const announcements: DropAnnouncement[] = [];
    for (const [reason, tally] of this.#byReason) {
      if (announcements.length >= most) break;
      announcements.push(...takeOf(reason, tally, most - announcements.length));
      if (tally.bySource.size === 0) this.#byReason.delete(reason);
    }
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

function takeOf(reason: string, tally: Tally, most: number): readonly DropAnnouncement[] {
  const { count, unnamed } = tally;
  // What stayed behind was counted with what was taken before it.
  const totals =
    count === 0
      ? { reason }
      : {
          reason,
          count,
          counts_by_type: Object.fromEntries(tally.byType),
          ...(unnamed > 0 ? { unnamed } : {}),
        };
  tally.count = tally.unnamed = 0;
  tally.byType.clear();
  // One event a source keeps each within its size.
  const [first, ...others] = [...tally.bySource].slice(0, most).map(([source, ranges]) => {
    tally.bySource.delete(source);
    return ranges;
  });
  return [
    first === undefined ? totals : { ...totals, ranges: first },
    ...others.map((ranges) => ({ reason, ranges })),
  ];
}
