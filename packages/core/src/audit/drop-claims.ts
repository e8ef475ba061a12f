/** What an `events_dropped` says: `count` of the numbers from `from` to `to`, both included, will not arrive. */
export interface DropClaim {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** A claim and how many numbers it can still explain. */
export interface OpenClaim {
  readonly to: number;
  left: number;
}

/** Claims by where they end, the first of them in front: a binary heap. */
export class OpenClaims {
  readonly #heap: OpenClaim[] = [];

  get first(): OpenClaim | undefined {
    return this.#heap[0];
  }

  add(claim: OpenClaim): void {
    let at = this.#heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = this.#heap[parent];
      if (above === undefined || above.to <= claim.to) break;
      this.#heap[at] = above;
      at = parent;
    }
    this.#heap[at] = claim;
  }

  removeFirst(): void {
    const moved = this.#heap.pop();
    if (moved === undefined || this.#heap.length === 0) return;
    let at = 0;
    for (;;) {
      const child = this.#endOf(2 * at + 2) < this.#endOf(2 * at + 1) ? 2 * at + 2 : 2 * at + 1;
      const below = this.#heap[child];
      if (below === undefined || below.to >= moved.to) break;
      this.#heap[at] = below;
      at = child;
    }
    this.#heap[at] = moved;
  }

  #endOf(at: number): number {
    return this.#heap[at]?.to ?? Number.POSITIVE_INFINITY;
  }
}
