import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a directory that only its owner can read, and what is missing above it; nothing where there is one.
 *
 * Not by Node's `recursive`, which never returns where a system says that a place is not there although the
 * one above it is, as Linux does below `/proc`.
 *
 * @throws what making it throws.
 */
export function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException; // What `fs` throws has a code.
    if (code === "EEXIST") return;
    const parent = dirname(path);
    if (code !== "ENOENT" || parent === path || existsSync(parent)) throw cause;
    makeDirectory(parent);
    makeDirectory(path);
  }
}
