import type { IdState } from "./dedupe-window.ts";
import { copyOf, keyOf } from "./numbered-ids.ts";
import { QueueHead } from "./queue-head.ts";

/** What one id costs in memory beside its characters: an entry of a map and the head of a string. */
const entryBytes = 64;

/** Remembers ids of any form, each for itself. */
export class PlainIds {
  /** In the order of entry, with the second of entry: small integers take no room of their own. */
  readonly #taken = new Map<string, number>();
  readonly #reserved = new Set<string>();
  readonly #head = new QueueHead<string>(
    () => this.#taken.keys(),
    (key) => this.#taken.has(key),
  );
  readonly #isOver: (second: number) => boolean;
  bytes = 0;

  /** `isOver` tells whether what was taken in some second is too old. */
  constructor(isOver: (second: number) => boolean) {
    this.#isOver = isOver;
  }

  get size(): number {
    return this.#taken.size;
  }

  claim(id: string, tenant: string | undefined): IdState {
    const key = keyOf(id, tenant);
    const second = this.#taken.get(key);
    if (second !== undefined) {
      if (!this.#isOver(second)) return "taken";
      this.#forget(key);
    }
    if (this.#reserved.has(key)) return "reserved";
    this.#reserved.add(key);
    return "new";
  }

  release(id: string, tenant: string | undefined): void {
    this.#reserved.delete(keyOf(id, tenant));
  }

  take(id: string, tenant: string | undefined, second: number): void {
    const key = keyOf(copyOf(id), tenant);
    this.#reserved.delete(key);
    if (this.#taken.has(key)) return;
    this.#taken.set(key, second);
    this.bytes += key.length + entryBytes;
  }

  /** Takes those that are reserved still. */
  takeReserved(ids: readonly string[], tenant: string | undefined, second: number): void {
    for (const id of ids) if (this.#reserved.has(keyOf(id, tenant))) this.take(id, tenant, second);
  }

  oldest(): number | undefined {
    const key = this.#head.get();
    return key === undefined ? undefined : this.#taken.get(key);
  }

  forgetOldest(): void {
    const key = this.#head.get();
    if (key !== undefined) this.#forget(key);
  }

  #forget(key: string): void {
    if (this.#taken.delete(key)) this.bytes -= key.length + entryBytes;
  }
}
