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

/** The parts of an id `<source>.<n>`, whoever made it; `undefined` for ids of another form. */
export function parseEventId(id: string): { readonly source: string; readonly n: number } | undefined {
  // Not by writing the number again to compare it: engines keep the digits of thousands of numbers alive.
  const [, source, digits] = /^(.+)\.([1-9]\d*)$/s.exec(id) ?? [];
  const n = Number(digits);
  return source !== undefined && Number.isSafeInteger(n) ? { source, n } : undefined;
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
