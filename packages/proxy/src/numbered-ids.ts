import type { IdState } from "./dedupe-window.ts";
import { QueueHead } from "./queue-head.ts";

/** Numbers of one block: as many as a 32-bit integer has bits. */
const blockSize = 32;
/** So many digits are exact as a number. */
const maxDigits = 15;
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

/** Numbers that one write has reserved: it takes them without looking for each of them again. */
export class ReservedNumbers {
  readonly blocks: Block[] = [];
  /** The bits of each of the blocks. */
  readonly bits: number[] = [];

  add(block: Block, bit: number): void {
    const last = this.blocks.length - 1;
    if (last >= 0 && this.blocks[last] === block) this.bits[last] = (this.bits[last] ?? 0) | bit;
    else {
      this.blocks.push(block);
      this.bits.push(bit);
    }
  }
}

/**
 * Remembers ids of the form `<source>.<n>`, which our clients make, as bits: 32 neighbours cost what one id
 * costs otherwise, and nothing is hashed or allocated for one. A block is forgotten as a whole, when its
 * youngest number is old enough.
 */
export class NumberedIds {
  readonly #isOver: (second: number) => boolean;
  readonly #sources = new Map<string, Source>();
  /** Blocks with a number that was taken, those first whose turn to be forgotten comes first. */
  readonly #queue = new Set<Block>();
  readonly #head = new QueueHead<Block>(
    () => this.#queue.values(),
    (block) => this.#queue.has(block),
  );
  /** The id that was looked for last, as far as they are known: its source, block and bit … */
  #source: Source | undefined;
  #block: Block | undefined;
  #blockNumber = 0;
  #bit = 0;
  /** … and what the next one most likely shares with it: all but the last two digits. */
  #start = "";
  #hundreds = 0;
  #sourceLength = 0;
  #tenant: string | undefined;
  size = 0;
  bytes = 0;

  /** `isOver` tells whether what was taken in some second is too old. */
  constructor(isOver: (second: number) => boolean) {
    this.#isOver = isOver;
  }

  /** Says what is known of an id, and reserves it where nothing is. `undefined` for one without a number that is written as ours are. */
  claim(id: string, tenant: string | undefined, reserved?: ReservedNumbers): IdState | undefined {
    if (!this.#find(id, tenant)) return undefined;
    const block = this.#block ?? this.#add(id, tenant);
    const bit = this.#bit;
    if ((block.taken & bit) !== 0) {
      if (!this.#isOver(block.takenAt)) return "taken";
      // Its youngest number is too old: so are the others.
      this.#queue.delete(block);
      this.size -= bitsOf(block.taken);
      block.taken = 0;
    }
    if ((block.reserved & bit) !== 0) return "reserved";
    block.reserved |= bit;
    reserved?.add(block, bit);
    return "new";
  }

  /** False for an id without a number. */
  release(id: string, tenant: string | undefined): boolean {
    if (!this.#find(id, tenant)) return false;
    const block = this.#block;
    if (block === undefined) return true;
    block.reserved &= ~this.#bit;
    this.#removeIfEmpty(block);
    return true;
  }

  /** False for an id without a number. */
  take(id: string, tenant: string | undefined, second: number): boolean {
    if (!this.#find(id, tenant)) return false;
    this.#takeBits(this.#block ?? this.#add(id, tenant), this.#bit, second);
    return true;
  }

  /** Takes what was reserved and is so still. */
  takeReserved({ blocks, bits }: ReservedNumbers, second: number): void {
    for (let index = 0; index < blocks.length; index++) {
      const block = blocks[index] as Block; // Below its length.
      this.#takeBits(block, block.reserved & (bits[index] ?? 0), second);
    }
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

  /** Forgets so many at most. Numbers of a source arrive in their order: the lowest of a block are the oldest. */
  forgetOldest(most: number): void {
    const block = this.#head.get();
    if (block === undefined) return;
    for (let left = most; left > 0 && block.taken !== 0; left--) {
      block.taken &= block.taken - 1;
      this.size--;
    }
    if (block.taken !== 0) return;
    this.#queue.delete(block);
    this.#removeIfEmpty(block);
  }

  #takeBits(block: Block, bits: number, second: number): void {
    block.reserved &= ~bits;
    const added = bits & ~block.taken;
    if (added === 0) return;
    if (block.taken === 0) {
      block.queuedAt = second;
      this.#queue.add(block);
    }
    block.taken |= added;
    block.takenAt = second;
    this.size += bitsOf(added);
  }

  /** Looks for an id: its bit is known then, and its block where there is one. */
  #find(id: string, tenant: string | undefined): boolean {
    const end = id.length - 2;
    if (end > 0 && end === this.#start.length && tenant === this.#tenant && id.startsWith(this.#start)) {
      const [tens, ones] = [id.charCodeAt(end) - 0x30, id.charCodeAt(end + 1) - 0x30];
      if (tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9) {
        this.#turnTo(this.#hundreds * 100 + tens * 10 + ones);
        return true;
      }
    }
    return this.#findAnew(id, tenant);
  }

  #findAnew(id: string, tenant: string | undefined): boolean {
    const length = sourceLength(id);
    if (length === 0) return false;
    const name = this.#source?.name;
    if (name?.length !== length || tenant !== this.#tenant || !id.startsWith(name)) {
      this.#source = this.#sources.get(keyOf(id.slice(0, length), tenant));
      this.#block = undefined;
    }
    this.#tenant = tenant;
    this.#sourceLength = length;
    const number = Number(id.slice(length));
    // The first digit, which is not 0, must be among those that stay.
    this.#start = id.length - length > 2 ? id.slice(0, -2) : "";
    this.#hundreds = Math.floor(number / 100);
    this.#turnTo(number);
    return true;
  }

  /** Another number of the same source. */
  #turnTo(number: number): void {
    const block = Math.floor(number / blockSize);
    this.#blockNumber = block;
    this.#bit = 1 << (number - block * blockSize);
    if (this.#block?.number !== block) this.#block = this.#source?.blocks.get(block);
  }

  /** Makes the block of the id that was looked for just now. */
  #add(id: string, tenant: string | undefined): Block {
    this.#source ??= this.#addSource(id.slice(0, this.#sourceLength), tenant);
    const block: Block = {
      source: this.#source,
      number: this.#blockNumber,
      taken: 0,
      reserved: 0,
      takenAt: 0,
      queuedAt: 0,
    };
    this.#source.blocks.set(block.number, block);
    this.bytes += blockBytes;
    this.#block = block;
    return block;
  }

  #addSource(slice: string, tenant: string | undefined): Source {
    const name = copyOf(slice);
    const key = keyOf(name, tenant);
    const source: Source = { key, tenant, name, blocks: new Map() };
    this.#sources.set(key, source);
    this.bytes += sourceBytes + key.length;
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
    this.#source = this.#block = undefined;
    this.#start = "";
  }
}

/** How many characters of an id are its source and the dot; 0 where it has no number that is written as ours are. */
function sourceLength(id: string): number {
  let at = id.length - 1;
  while (at > 0 && isDigit(id.charCodeAt(at))) at--;
  const digits = id.length - 1 - at;
  if (at < 1 || id.charCodeAt(at) !== 0x2e || digits === 0 || digits > maxDigits) return 0;
  return id.charCodeAt(at + 1) === 0x30 ? 0 : at + 1;
}

/** A key of a tenant's source or id. Neither holds a line feed, so no two pairs give one key. */
export function keyOf(text: string, tenant: string | undefined): string {
  return tenant === undefined ? text : `${tenant}\n${text}`;
}

/** The same characters in a string of their own: a slice of a body would keep all of the body. */
export function copyOf(slice: string): string {
  return String.fromCharCode(...Array.from(slice, (char) => char.charCodeAt(0)));
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function bitsOf(integer: number): number {
  let bits = 0;
  for (let left = integer; left !== 0; left &= left - 1) bits++;
  return bits;
}
