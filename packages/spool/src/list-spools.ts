import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isSpoolName } from "./spool-folder.ts";

/**
 * The folders of all spools in a directory, one a destination and credential. None when there is no directory.
 *
 * @throws what reading throws.
 */
export function listSpools(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && isSpoolName(entry.name))
      .map(({ name }) => join(directory, name));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return []; // What `fs` throws has a code.
    throw cause;
  }
}
