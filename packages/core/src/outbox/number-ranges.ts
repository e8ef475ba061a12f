/** Numbers of one source: `count` of those from `from` to `to`, both included; all of them when exact. */
export interface NumberRange {
  readonly source: string;
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** A range while numbers are added to it. */
export type GrowingRange = { -readonly [Key in keyof NumberRange]: NumberRange[Key] };

/** Ranges kept for one source before neighbours are joined. */
const maxRanges = 64;

/** The parts of an id `<source>.<n>`; `undefined` for ids of another form. */
export function parseEventId(id: string): { readonly source: string; readonly n: number } | undefined {
  const dot = id.lastIndexOf(".");
  const n = dot > 0 ? numberFrom(id, dot + 1) : 0;
  return n > 0 ? { source: id.slice(0, dot), n } : undefined;
}

/** The number that an id ends with, as `String` writes it; 0 for anything else. Read digit by digit, which leaves no garbage. */
function numberFrom(id: string, start: number): number {
  let n = 0;
  for (let place = start; place < id.length; place++) {
    const digit = id.charCodeAt(place) - 48;
    if (digit < 0 || digit > 9 || (digit === 0 && n === 0)) return 0;
    n = n * 10 + digit;
  }
  return Number.isSafeInteger(n) ? n : 0;
}

/** Adds a number to the ranges of its source. Beyond 64 the two nearest become one that keeps their count. */
export function addNumber(ranges: GrowingRange[], source: string, n: number): void {
  const last = ranges.at(-1);
  if (last?.to === n - 1) {
    last.to = n;
    last.count++;
  } else if (ranges.push({ source, from: n, to: n, count: 1 }) > maxRanges) joinNearest(ranges);
}

function joinNearest(ranges: GrowingRange[]): void {
  ranges.sort((a, b) => a.from - b.from);
  const gaps = ranges.slice(1).map(({ from }, index) => from - (ranges[index]?.to ?? 0));
  const place = gaps.indexOf(Math.min(...gaps));
  const [left, right] = ranges.splice(place, 2);
  if (left && right)
    ranges.splice(place, 0, {
      ...left,
      to: Math.max(left.to, right.to),
      count: left.count + right.count,
    });
}
