import type { IdState, IdStore } from "./dedupe-window.ts";
import { QueueHead } from "./queue-head.ts";

/** Numbers of one block: as many as a 32-bit integer has bits. */
const blockSize = 32;
/** So many digits are always a small integer; ten to their power is a multiple of the size of a block. */
const lowDigits = 9;
const blocksOfHigh = 31_250_000;
/** What a source and a block cost in memory beside the characters of its name. */
const sourceBytes = 320;
const blockBytes = 176;

/** Everything known of one `<source>.` of ids `<source>.<n>`. */
interface Source {
  readonly key: string;
  readonly tenant: string | undefined;
  /** The id up to and with the dot. */
  readonly name: string;
  readonly blocks: Map<number, Block>;
}

/** 32 neighbouring numbers of a source. */
interface Block {
  readonly source: Source;
  readonly number: number;
  /** A bit for each number that was taken, and for each whose write is under way. */
  taken: number;
  reserved: number;
  /** The second in which a number was taken last, and when the block was put at the end of the queue. */
  takenAt: number;
  queuedAt: number;
}

/**
 * Remembers ids of the form `<source>.<n>`, which our clients make, as bits: 32 neighbours cost what one id
 * costs otherwise, and nothing is hashed or allocated for one. A block is forgotten as a whole, when its
 * youngest number is old enough.
 */
export class NumberedIds implements IdStore {
  readonly #sources = new Map<string, Source>();
  /** Blocks with a number that was taken, those first whose turn to be forgotten comes first. */
  readonly #queue = new Set<Block>();
  readonly #head = new QueueHead<Block>(
    () => this.#queue.values(),
    (block) => this.#queue.has(block),
  );
  #lastSource: Source | undefined;
  #lastBlock: Block | undefined;
  /** The bit of the id that was looked for last. */
  #bit = 0;
  size = 0;
  bytes = 0;

  /** How many characters of an id are its source and the dot; 0 where it has no number that is written as ours are. */
  static sourceLength(id: string): number {
    let at = id.length - 1;
    while (at > 0 && isDigit(id.charCodeAt(at))) at--;
    const digits = id.length - 1 - at;
    if (at < 1 || id.charCodeAt(at) !== 0x2e || digits === 0 || digits > 15) return 0;
    return id.charCodeAt(at + 1) === 0x30 ? 0 : at + 1;
  }

  claim(id: string, tenant: string | undefined, isOver: (second: number) => boolean): IdState {
    const block = this.#find(id, tenant) ?? this.#add(id, tenant);
    const bit = this.#bit;
    if ((block.taken & bit) !== 0) {
      if (!isOver(block.takenAt)) return "taken";
      // Its youngest number is too old: so are the others.
      this.#queue.delete(block);
      this.size -= bitsOf(block.taken);
      block.taken = 0;
    }
    if ((block.reserved & bit) !== 0) return "reserved";
    block.reserved |= bit;
    return "new";
  }

  release(id: string, tenant: string | undefined): void {
    const block = this.#find(id, tenant);
    if (block === undefined) return;
    block.reserved &= ~this.#bit;
    this.#removeIfEmpty(block);
  }

  take(id: string, tenant: string | undefined, second: number): void {
    const block = this.#find(id, tenant) ?? this.#add(id, tenant);
    block.reserved &= ~this.#bit;
    if ((block.taken & this.#bit) !== 0) return;
    if (block.taken === 0) {
      block.queuedAt = second;
      this.#queue.add(block);
    }
    block.taken |= this.#bit;
    block.takenAt = second;
    this.size++;
  }

  oldest(): number | undefined {
    for (;;) {
      const block = this.#head.get();
      if (block === undefined || block.queuedAt === block.takenAt) return block?.takenAt;
      // Younger numbers came into it since: it goes to the end, where it is met once more at most.
      this.#queue.delete(block);
      block.queuedAt = block.takenAt;
      this.#queue.add(block);
      this.#head.moved();
    }
  }

  /** Numbers of a source arrive in their order: the lowest of a block is the oldest. */
  forgetOldest(): void {
    const block = this.#head.get();
    if (block === undefined) return;
    block.taken &= block.taken - 1;
    this.size--;
    if (block.taken !== 0) return;
    this.#queue.delete(block);
    this.#removeIfEmpty(block);
  }

  /** The block of an id, and its bit; `undefined` where there is no such block yet. */
  #find(id: string, tenant: string | undefined): Block | undefined {
    const length = NumberedIds.sourceLength(id);
    // In two parts, since small integers cost least; the low one alone tells the place within a block.
    const middle = Math.max(length, id.length - lowDigits);
    const low = readDigits(id, middle, id.length);
    this.#bit = 1 << (low % blockSize);
    const block = readDigits(id, length, middle) * blocksOfHigh + (low >>> 5);
    const last = this.#lastSource;
    if (
      last === undefined ||
      last.name.length !== length ||
      last.tenant !== tenant ||
      !id.startsWith(last.name)
    ) {
      this.#lastSource = this.#sources.get(keyOf(id.slice(0, length), tenant));
      this.#lastBlock = undefined;
    }
    if (this.#lastBlock?.number !== block) this.#lastBlock = this.#lastSource?.blocks.get(block);
    return this.#lastBlock;
  }

  /** Makes the block of an id that was looked for just now. */
  #add(id: string, tenant: string | undefined): Block {
    const length = NumberedIds.sourceLength(id);
    const source = this.#lastSource ?? this.#addSource(id.slice(0, length), tenant);
    const number = Math.floor(Number(id.slice(length)) / blockSize);
    const block: Block = { source, number, taken: 0, reserved: 0, takenAt: 0, queuedAt: 0 };
    source.blocks.set(number, block);
    this.bytes += blockBytes;
    this.#lastBlock = block;
    return block;
  }

  #addSource(slice: string, tenant: string | undefined): Source {
    const name = copyOf(slice);
    const key = keyOf(name, tenant);
    const source: Source = { key, tenant, name, blocks: new Map() };
    this.#sources.set(key, source);
    this.bytes += sourceBytes + key.length;
    this.#lastSource = source;
    return source;
  }

  #removeIfEmpty(block: Block): void {
    if ((block.taken | block.reserved) !== 0) return;
    const { source } = block;
    source.blocks.delete(block.number);
    this.bytes -= blockBytes;
    if (source.blocks.size === 0) {
      this.#sources.delete(source.key);
      this.bytes -= sourceBytes + source.key.length;
    }
    this.#lastSource = this.#lastBlock = undefined;
  }
}

/** A key of a tenant's source or id. Neither holds a line feed, so no two pairs give one key. */
export function keyOf(text: string, tenant: string | undefined): string {
  return tenant === undefined ? text : `${tenant}\n${text}`;
}

/** The same characters in a string of their own: a slice of a body would keep all of the body. */
export function copyOf(slice: string): string {
  return String.fromCharCode(...Array.from(slice, (char) => char.charCodeAt(0)));
}

function readDigits(id: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at++) number = number * 10 + id.charCodeAt(at) - 0x30;
  return number;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function bitsOf(integer: number): number {
  let bits = 0;
  for (let left = integer; left !== 0; left &= left - 1) bits++;
  return bits;
}
