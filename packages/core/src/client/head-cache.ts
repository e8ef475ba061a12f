import { encodeHead } from "../event/encode-event.ts";
import { flatten } from "../event/flatten.ts";

/** Heads kept by one cache. Names can be user data, so the number is bounded. */
const maxHeads = 500;

/**
 * The heads that one layer of attributes has made lately, one for a name: what stands between time and call attributes,
 * with a comma behind it. Types and names in it need no check.
 */
export class HeadCache {
  readonly #heads = new Map<string, { readonly type: string; readonly text: string }>();
  readonly #members: string;

  /** @param members What every event carries, with a comma before each member. */
  constructor(members: string) {
    this.#members = members;
  }

  find(type: string, name: string): string | undefined {
    const head = this.#heads.get(name);
    return head?.type === type ? head?.text : undefined; // A type that is none is no head's either.
  }

  /** Makes and keeps the head of a pair that was checked. */
  add(type: string, name: string): string {
    if (this.#heads.size === maxHeads) this.#heads.clear();
    const text = flatten(`${encodeHead(type, name)}${this.#members},`);
    this.#heads.set(name, { type, text });
    return text;
  }
}
