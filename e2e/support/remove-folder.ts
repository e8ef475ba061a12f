import { rmSync } from "node:fs";

/** Removes a folder into which processes that are about to end may still write. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}
