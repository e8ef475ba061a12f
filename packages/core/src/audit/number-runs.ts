/** Numbers from `from` to `to`, both included. */
export interface NumberRun {
  readonly from: number;
  readonly to: number;
}

/** A run while numbers are added to it. */
export type GrowingRun = { -readonly [Key in keyof NumberRun]: NumberRun[Key] };

/** Notes the numbers of a run; those that come in order cost no memory. */
export function addRun(runs: GrowingRun[], from: number, to: number): void {
  const last = runs.at(-1);
  if (last?.to === from - 1) last.to = to;
  else runs.push({ from, to });
}

/** The same numbers, each once, in ascending order. */
export function mergeRuns(runs: readonly NumberRun[]): readonly NumberRun[] {
  const merged: GrowingRun[] = [];
  for (const { from, to } of runs.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  return merged;
}

/** The runs between 1 and `last` that merged ones leave out. */
export function gapsBetween(merged: readonly NumberRun[], last: number): readonly NumberRun[] {
  const gaps: NumberRun[] = [];
  let next = 1;
  for (const { from, to } of merged) {
    if (from > next) gaps.push({ from: next, to: from - 1 });
    next = to + 1;
  }
  if (last >= next) gaps.push({ from: next, to: last });
  return gaps;
}

/** How many numbers there are in runs. */
export function countNumbers(runs: readonly NumberRun[]): number {
  return runs.reduce((sum, { from, to }) => sum + (to - from + 1), 0);
}
