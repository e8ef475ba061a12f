/** Answers for which somebody must do something: about credentials, or about the address. */
export type RefusalKind = "credentials" | "address";

/** Refusals of one kind in a row, as they can be kept. */
export interface Refusals {
  readonly kind: RefusalKind;
  readonly inRow: number;
}

function kindOf(status: number): RefusalKind | undefined {
  if (status === 401 || status === 403) return "credentials";
  if (status === 404 || status === 410 || (status >= 300 && status < 400)) return "address";
  return undefined;
}

/** Counts refusals of one kind in a row: the pauses after them double. */
export class RefusalCount {
  /** What was counted last; set it to go on where another process stopped. */
  last: Refusals | undefined;

  /** Notes an answer; returns how many like it came in a row, at least 1. */
  count(status: number): number {
    const kind = kindOf(status);
    const inRow = kind !== undefined && kind === this.last?.kind ? this.last.inRow + 1 : 1;
    this.last = kind === undefined ? undefined : { kind, inRow };
    return inRow;
  }
}
