import { existsSync, readdirSync } from "node:fs";

/** Whether files of events lie in a folder; of whom, only taking them tells. */
export function hasWaitingFiles(folder: string): boolean {
  try {
    // Asking first is cheaper than an exception, where no command has recorded yet.
    return existsSync(folder) && readdirSync(folder).some((name) => /\.ndjson(?:\.into-|$)/.test(name));
  } catch {
    return false; // There is no such folder any more, or it is not ours.
  }
}
