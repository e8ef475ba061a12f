import { isAbsolute, resolve } from "node:path";

/**
 * Where a directory stands, wherever the program moves to later; `undefined` where a relative one stands nowhere, since
 * the working directory was removed.
 */
export function absoluteDirectory(directory: string): string | undefined {
  if (isAbsolute(directory)) return directory;
  try {
    return resolve(directory);
  } catch {
    return undefined;
  }
}
