/**
 * The first entry of a set or map that is emptied from its front. It goes along and never back: an iterator that
 * starts anew passes over everything that was deleted.
 */
export class QueueHead<Entry> {
  readonly #entries: () => Iterator<Entry>;
  readonly #has: (entry: Entry) => boolean;
  #cursor: Iterator<Entry> | undefined;
  #head: { readonly entry: Entry } | undefined;

  constructor(entries: () => Iterator<Entry>, has: (entry: Entry) => boolean) {
    this.#entries = entries;
    this.#has = has;
  }

  /** The first entry that is still there; `undefined` where there is none. */
  get(): Entry | undefined {
    while (this.#head === undefined || !this.#has(this.#head.entry)) {
      const isNew = this.#cursor === undefined;
      this.#cursor ??= this.#entries();
      const { done, value } = this.#cursor.next();
      this.#head = done === true ? undefined : { entry: value };
      if (done === true) this.#cursor = undefined;
      if (done === true && isNew) return undefined;
    }
    return this.#head.entry;
  }

  /** The first entry was put at the end. */
  moved(): void {
    this.#head = undefined;
  }
}
