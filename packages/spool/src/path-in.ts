import { sep } from "node:path";

/**
 * The path of a file in a folder. Unlike `join` it does not look at every character of the folder again: in a command
 * that is what would get hot first, and be optimised just before it ends. No folder at all is the working directory.
 */
export function pathIn(folder: string, ...names: readonly string[]): string {
  if (folder === "") return names.join(sep);
  return [folder.endsWith(sep) ? folder.slice(0, -1) : folder, ...names].join(sep);
}
