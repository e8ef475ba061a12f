import { accessSync, constants, statSync } from "node:fs";
import { ActivityError } from "@activity/core";
import { makeDirectory } from "@activity/spool";

/**
 * Makes the directory that everything stands in.
 *
 * @throws INVALID_OPTION where nothing could ever be stored. A disk that is full is no reason: it is not for ever.
 */
export function prepareDirectory(directory: string): void {
  const code = whyUnusable(directory);
  if (code === undefined || code === "ENOSPC" || code === "EDQUOT") return;
  throw new ActivityError(
    "INVALID_OPTION",
    `events cannot be stored in ${directory} (${code}); give the right to write there, or set ACTIVITY_DATA_DIR to another directory`,
  );
}

function whyUnusable(directory: string): string | undefined {
  try {
    makeDirectory(directory);
    if (!statSync(directory).isDirectory()) return "ENOTDIR";
    accessSync(directory, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code ?? String(cause); // What `fs` throws has a code.
  }
}
