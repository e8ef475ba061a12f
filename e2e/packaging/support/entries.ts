/** What our users can import, from the manifests: `@activity/core`, `@activity/core/schema` … */
import { publicPackages } from "../../../tools/public-packages.mjs";

export const entries: readonly string[] = publicPackages().flatMap(({ manifest }) =>
  Object.keys(manifest.exports)
    .filter((entry) => entry !== "./package.json")
    .map((entry) => manifest.name + entry.slice(1)),
);

/** Entries that also run in browsers and at the edge: no Node module, no global that only Node has. */
export const universalEntries: readonly string[] = entries.filter(
  (entry) => entry === "@activity/core" || entry === "@activity/browser",
);

/** Whether code that runs without Node's types, or without Node, has to leave the entry alone. */
export function isNodeOnly(entry: string): boolean {
  return !/^@activity\/(?:core|browser)(?!\/node$)/.test(entry);
}

/** Whether an entry is a program: it is run and exports nothing. */
export function isProgram(entry: string): boolean {
  return entry === "@activity/sink-intake/flusher";
}
