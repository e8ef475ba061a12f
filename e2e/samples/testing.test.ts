/** The tests that docs/testing.md shows, as they are printed there. */
import { afterAll } from "@jest/globals";
import { sampleFolder, writeSamples } from "./run-sample.ts";

const folder = sampleFolder();
afterAll(() => folder.remove());
for (const path of writeSamples("docs/testing.md", folder.path)) await import(path);
