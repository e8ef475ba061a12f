/**
 * The name that somebody probably meant: one that begins like it, or is a few letters away. Capitals do not
 * matter.
 */
export function closestName(given: string, names: readonly string[]): string | undefined {
  const text = given.toLowerCase();
  let closest: string | undefined;
  let fewest = Math.min(3, Math.floor(text.length / 3) + 1);
  for (const name of names) {
    const other = name.toLowerCase();
    const begins = text.length > 2 && (other.startsWith(text) || text.startsWith(other));
    const distance = begins ? 1 : editDistance(text, other);
    if (distance >= fewest) continue;
    fewest = distance;
    closest = name;
  }
  return closest;
}

/** Letters to insert, leave out, replace or exchange with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        at(last, j) + 1,
        at(row, j - 1) + 1,
        at(last, j - 1) + (same ? 0 : 1),
        swapped ? at(before, j - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    before = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], place: number): number {
  return row[place] ?? 0;
}
