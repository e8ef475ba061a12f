/** Samples as programs of their own, on the packages as built. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readSamples } from "./read-samples.ts";

/** Below our packages, and no file of the repository: others list and copy those meanwhile. */
const cache = fileURLToPath(new URL("../.cache/", import.meta.url));

/** A folder from which samples find our packages. */
export function sampleFolder(): { readonly path: string; remove(): void } {
  mkdirSync(cache, { recursive: true });
  const path = mkdtempSync(join(cache, "samples-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Writes the samples of a page as they are printed; gives their paths. */
export function writeSamples(document: string, folder: string): readonly string[] {
  return readSamples(document).map(({ program }, index) => {
    const path = join(folder, `sample-${index + 1}.ts`);
    writeFileSync(path, program);
    return path;
  });
}
