import { existsSync, mkdirSync, statSync } from "node:fs";
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

/**
 * The same in somebody's home: not where the directory, or the nearest that is there, is another user's. Under `sudo`
 * the home is as a rule that of whoever called it, who could not use what root makes there.
 *
 * @throws what making it throws.
 */
export function makeOwnDirectory(path: string): void {
  let place = path;
  let found = statSync(place, { throwIfNoEntry: false });
  while (found === undefined && dirname(place) !== place) {
    place = dirname(place);
    found = statSync(place, { throwIfNoEntry: false });
  }
  const user = process.geteuid?.();
  // What is root's, the system lets others use or does not.
  if (user !== undefined && found !== undefined && found.uid !== user && found.uid !== 0)
    throw new Error(`${place} belongs to another user`);
  makeDirectory(path);
}
