import type { DropClaim } from "./drop-claims.ts";
import { OpenClaims } from "./drop-claims.ts";
import type { GrowingRun, NumberRun } from "./number-runs.ts";
import { addRun } from "./number-runs.ts";

/** Which missing numbers are accounted for. */
export interface ExplainedGaps {
  /** How many numbers claims explain: as many as any way to share them out could. */
  readonly explained: number;
  readonly unexplained: readonly NumberRun[];
}

/**
 * Shares claims out among missing numbers, from the lowest up, each to the claim that ends first; a claim
 * explains no more numbers than it counts. Costs by gaps and claims, however many numbers they span.
 *
 * @param gaps In ascending order, apart from each other.
 */
export function explainGaps(gaps: readonly NumberRun[], claims: readonly DropClaim[]): ExplainedGaps {
  const coming = claims.toSorted((a, b) => a.from - b.from);
  const open = new OpenClaims();
  const unexplained: GrowingRun[] = [];
  let begun = 0;
  let explained = 0;
  /** The claim that ends first of those that can explain a number. */
  const claimFor = (n: number): OpenClaims["first"] => {
    for (let claim = coming[begun]; claim !== undefined && claim.from <= n; claim = coming[++begun])
      open.add({ to: claim.to, left: claim.count });
    while (open.first !== undefined && (open.first.to < n || open.first.left === 0)) open.removeFirst();
    return open.first;
  };
  for (const gap of gaps) {
    let n = gap.from;
    while (n <= gap.to) {
      const claim = claimFor(n);
      // Up to where another claim may have to be taken.
      let to = Math.min(gap.to, (coming[begun]?.from ?? Number.POSITIVE_INFINITY) - 1);
      if (claim === undefined) addRun(unexplained, n, to);
      else {
        to = Math.min(to, claim.to, n + claim.left - 1);
        claim.left -= to - n + 1;
        explained += to - n + 1;
      }
      n = to + 1;
    }
  }
  return { explained, unexplained };
}
