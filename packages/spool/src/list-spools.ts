import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isNoSuchPlace } from "./no-such-place.ts";
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
    if (isNoSuchPlace(cause)) return [];
    throw cause;
  }
}
