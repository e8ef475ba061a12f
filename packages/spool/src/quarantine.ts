import { readdirSync, renameSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { makeDirectory } from "./make-directory.ts";

/** The folder's name within a spool. */
export const quarantineName = "quarantine";
/** How the names of its files end. */
export const damagedSuffix = ".damaged";

/** What it holds at most; the oldest goes. */
const maxFiles = 20;
const maxBytes = 4_194_304;

/**
 * Keeps what could not be read as events, for whoever wants to find out why. Nothing here is ever sent or
 * read again. Never throws.
 */
export class Quarantine {
  readonly #folder: string;

  /** Below a spool's folder. */
  constructor(spool: string) {
    this.#folder = join(spool, quarantineName);
  }

  /** Keeps lines of a segment whose others are delivered. */
  keepLines(segment: string, lines: Uint8Array): void {
    this.#keep((path) => writeFileSync(path, lines, { mode: 0o600 }), segment);
  }

  /** Takes over a segment that cannot be read at all. */
  keepFile(path: string): void {
    this.#keep((to) => renameSync(path, to), path);
  }

  #keep(put: (path: string) => void, segment: string): void {
    try {
      makeDirectory(this.#folder);
      put(join(this.#folder, `${basename(segment)}${damagedSuffix}`));
      this.#makeRoom();
    } catch {
      // The events are counted as lost in any case, and a disk that fails here has been told of.
    }
  }

  #makeRoom(): void {
    // Names begin with the time at which a segment was begun.
    const files = readdirSync(this.#folder).toSorted((a, b) => (a < b ? 1 : -1));
    let bytes = 0;
    for (const [index, file] of files.entries()) {
      const path = join(this.#folder, file);
      bytes += statSync(path).size;
      if (index >= maxFiles || (index > 0 && bytes > maxBytes)) unlinkSync(path);
    }
  }
}
