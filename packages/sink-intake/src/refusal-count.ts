/** Answers for which somebody must do something: about credentials, or about the address. */
function kindOf(status: number): "credentials" | "address" | undefined {
  if (status === 401 || status === 403) return "credentials";
  if (status === 404 || status === 410 || (status >= 300 && status < 400)) return "address";
  return undefined;
}

/** Counts refusals of one kind in a row: the pauses after them double. */
export class RefusalCount {
  #kind: "credentials" | "address" | undefined;
  #inRow = 0;

  /** Notes an answer; returns how many like it came in a row, at least 1. */
  count(status: number): number {
    const kind = kindOf(status);
    this.#inRow = kind !== undefined && kind === this.#kind ? this.#inRow + 1 : 1;
    this.#kind = kind;
    return this.#inRow;
  }
}
