import { encodeHead } from "../event/encode-event.ts";

/** What stands between time and call attributes in the events of one type and name. */
export interface Head {
  /** With a comma behind it, for events with attributes of the call. */
  readonly joined: string;
  /** With the closing brace, for events without. */
  readonly alone: string;
}

/** Heads kept by one cache. Names can be user data, so the number is bounded. */
const maxHeads = 500;

/** The heads that one layer of attributes has made lately; types and names in it need no check. */
export class HeadCache {
  readonly #types = new Map<string, Map<string, Head>>();
  readonly #members: string;
  #count = 0;

  /** @param members What every event carries, with a comma before each member. */
  constructor(members: string) {
    this.#members = members;
  }

  find(type: string, name: string): Head | undefined {
    return this.#types.get(type)?.get(name);
  }

  /** Makes and keeps the head of a pair that was checked. */
  add(type: string, name: string): Head {
    if (++this.#count > maxHeads) {
      this.#types.clear();
      this.#count = 1;
    }
    const text = encodeHead(type, name) + this.#members;
    const head = { joined: flatten(`${text},`), alone: flatten(`${text}}`) };
    const names = this.#types.get(type);
    if (names) names.set(name, head);
    else this.#types.set(type, new Map([[name, head]]));
    return head;
  }
}

/** The same text in one piece. Engines keep a joined text as a tree and would copy it at every use. */
function flatten(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string; // A text stays one.
}
