import { scannerProgram } from "./scanner-program.ts";

/** Where `wasm/scan-events.ts` says what its last call found, as 32-bit integers. */
export const scannerSlots = { surplus: 0, odd: 1, doubt: 2, places: 4 } as const;

/** Texts up to here: memory that a program took is never given back. */
export const maxScannedBytes = 0x100_0000;

/** The part of the engine that is needed, where it is there. */
interface Platform {
  readonly atob?: (base64: string) => string;
  readonly WebAssembly?: {
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (module: object) => { readonly exports: unknown };
  };
}

/** What `wasm/scan-events.ts` exports. */
interface Exports {
  begin(length: number): void;
  event(at: number, maxDepth: number, maxKeys: number): number;
  value(at: number): number;
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
}

const base = 64;
const pageBytes = 0x1_0000;
/** Zeros behind the text: more than are read in one go. */
const endBytes = 32;

/** The compiled scanner and the memory in which it works, for one text at a time. */
export class ScannerInstance {
  readonly exports: Exports;
  /** What the last call found, by {@link scannerSlots}. */
  found: Int32Array;
  /** Counts the texts that were loaded. */
  turn = 0;
  #bytes: Uint8Array;

  constructor(exports: Exports) {
    this.exports = exports;
    this.#bytes = new Uint8Array(exports.memory.buffer);
    this.found = new Int32Array(exports.memory.buffer, 0, base / 4);
  }

  /** Takes a text in, in place of the last one. Gives its turn. */
  load(text: Uint8Array): number {
    const end = base + text.length;
    // As many again for the brackets that may be open.
    const missing = end + endBytes + text.length - this.#bytes.length;
    if (missing > 0) {
      const { memory } = this.exports;
      memory.grow(Math.ceil(missing / pageBytes));
      // The old views are of no use any more.
      this.#bytes = new Uint8Array(memory.buffer);
      this.found = new Int32Array(memory.buffer, 0, base / 4);
    }
    this.#bytes.set(text, base);
    this.#bytes.fill(0, end, end + endBytes);
    this.exports.begin(text.length);
    return ++this.turn;
  }
}

let instance: ScannerInstance | false | undefined;

/** The one instance, made when it is asked for first; `undefined` where the engine compiles no WebAssembly. */
export function scannerInstance(): ScannerInstance | undefined {
  instance ??= createInstance();
  return instance || undefined;
}

function createInstance(): ScannerInstance | false {
  const { atob, WebAssembly } = globalThis as Platform; // So the compiler asks.
  if (atob === undefined || WebAssembly === undefined) return false;
  try {
    const program = Uint8Array.from(atob(scannerProgram), (char) => char.charCodeAt(0));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(program));
    return new ScannerInstance(exports as Exports); // The program is ours.
  } catch {
    return false; // A policy of the host forbids it, or an old engine does not know it.
  }
}
