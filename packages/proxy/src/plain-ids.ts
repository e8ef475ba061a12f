import type { IdState, IdStore } from "./dedupe-window.ts";
import { copyOf, keyOf } from "./numbered-ids.ts";

/** What one id costs in memory beside its characters: an entry of a map and the head of a string. */
const entryBytes = 64;

/** Remembers ids of any form, each for itself. */
export class PlainIds implements IdStore {
  /** In the order of entry, with the second of entry: small integers take no room of their own. */
  readonly #taken = new Map<string, number>();
  readonly #reserved = new Set<string>();
  bytes = 0;

  get size(): number {
    return this.#taken.size;
  }

  claim(id: string, tenant: string | undefined, isOver: (second: number) => boolean): IdState {
    const key = keyOf(id, tenant);
    const second = this.#taken.get(key);
    if (second !== undefined) {
      if (!isOver(second)) return "taken";
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

  oldest(): number | undefined {
    const [entry] = this.#taken;
    return entry?.[1];
  }

  forgetOldest(): void {
    const [entry] = this.#taken;
    if (entry !== undefined) this.#forget(entry[0]);
  }

  #forget(key: string): void {
    if (this.#taken.delete(key)) this.bytes -= key.length + entryBytes;
  }
}
