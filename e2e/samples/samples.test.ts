/** Every TypeScript sample of the documents compiles as it is printed, in strict mode, against the packages as built. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { repositoryRoot, run } from "../../tools/run.mjs";
import { documents, readSamples } from "./read-samples.ts";
import { sampleFolder } from "./run-sample.ts";

const timeoutMs = 120_000;
const scratch = sampleFolder();
afterAll(() => scratch.remove());

/** What a reader has set; a page for browsers has the DOM, and Next resolves as a bundler. */
function settings(document: string): object {
  const page = /browser/.test(document);
  return {
    strict: true,
    noEmit: true,
    target: "es2023",
    lib: page ? ["es2023", "dom"] : ["es2023"],
    types: page ? [] : ["node"],
    ...(/mount/.test(document)
      ? { module: "esnext", moduleResolution: "bundler" }
      : { module: "nodenext", moduleResolution: "nodenext" }),
    experimentalDecorators: true, // Nest
    allowImportingTsExtensions: true,
    skipLibCheck: true,
  };
}

/** What the compiler says of the samples of a page, each under its line. */
async function compile(document: string): Promise<string> {
  const folder = mkdtempSync(join(scratch.path, "page-"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const samples = readSamples(document);
  for (const [index, { file, program }] of samples.entries()) {
    const path = join(folder, file ?? `sample-${index + 1}.ts`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, program);
  }
  const [catalog] = readSamples("docs/catalog.md");
  writeFileSync(join(folder, "catalog.ts"), catalog?.program ?? "");
  const needs = readFileSync(new URL("needs.ts", import.meta.url), "utf8");
  if (samples.some(({ program }) => program.includes('"./needs.ts"')))
    writeFileSync(join(folder, "needs.ts"), `${needs}export { catalog } from "./catalog.ts";\n`);
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: settings(document), include: ["**/*.ts"] }),
  );
  const tsc = join(repositoryRoot, "node_modules", ".bin", "tsc");
  const { output } = await run(tsc, ["-p", folder, "--pretty", "false"], { cwd: folder, output: "keep" });
  return output;
}

describe("the samples of", () => {
  const pages = documents().filter((document) => readSamples(document).length > 0);

  it("documents are found", () => {
    expect(pages).toEqual(
      expect.arrayContaining(["README.md", "docs/recipes.md", "packages/core/README.md"]),
    );
  });

  it.each(pages)(
    "%s compile",
    async (document) => {
      expect(
        readSamples(document).flatMap(({ at, useless }) => useless.map((name) => `${at}: ${name}`)),
      ).toEqual([]);
      expect(await compile(document)).toBe("");
    },
    timeoutMs,
  );
});
