import { sep } from "node:path";

/** The path of a file in a folder. Unlike `join` it does not look at every character again, which a command notices. */
export function pathIn(folder: string, name: string): string {
  return `${folder}${sep}${name}`;
}
