/** Longer names are not compared: the work grows with the product of both lengths. */
const maxChars = 64;

/**
 * The name that somebody probably meant: one that begins like it, or the one with the fewest characters added, left
 * out, changed or swapped with their neighbour, if that is at most a third of them and at most 3; else `undefined`.
 * Capitals do not matter.
 */
export function closestName(given: string, names: readonly string[]): string | undefined {
  if (given.length > maxChars) return undefined;
  const text = given.toLowerCase();
  let closest: string | undefined;
  let least = Math.min(3, Math.floor(text.length / 3)) + 1;
  for (const name of names) {
    const other = name.toLowerCase();
    const begins = text.length > 2 && other.startsWith(text);
    if (other.length > maxChars || (!begins && Math.abs(other.length - text.length) >= least)) continue;
    const distance = begins ? 1 : editDistance(text, other);
    if (distance < least) [closest, least] = [name, distance];
  }
  return closest;
}

/** Optimal string alignment distance, row by row. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const changed = from[row - 1] === to[column - 1] ? 0 : 1;
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + changed,
        swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [beforeLast, last] = [last, current];
  }
  return at(last, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
