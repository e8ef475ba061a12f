/**
 * `packages/core/src/event/scanner-program.ts` is what `packages/core/wasm/scan-events.ts` compiles to; `--write` makes
 * it anew.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { main } from "assemblyscript/asc";
import { reportProblems } from "./repository-files.mjs";
import { repositoryRoot } from "./run.mjs";

const folder = join(repositoryRoot, "packages/core");
const file = join(folder, "src/event/scanner-program.ts");
const wanted = await program();
if (process.argv.includes("--write")) writeFileSync(file, wanted);
const same = existsSync(file) && readFileSync(file, "utf8") === wanted;
reportProblems(
  "compiled scanner",
  same ? [] : [`${file} is not what its source compiles to: run "node tools/check-scanner.mjs --write"`],
);

async function program() {
  let binary;
  const flags =
    "--optimizeLevel 3 --enable simd --runtime stub --use abort= --initialMemory 2 --maximumMemory 544";
  const { error, stderr } = await main(
    ["wasm/scan-events.ts", "--baseDir", folder, "--outFile", "scanner.wasm", ...flags.split(" ")],
    { writeFile: (_, contents) => (binary = contents) },
  );
  if (error) throw new Error(stderr.toString());
  const base64 = Buffer.from(binary).toString("base64");
  return `/** \`wasm/scan-events.ts\`, compiled: run \`node tools/check-scanner.mjs --write\`. */\nexport const scannerProgram: string =\n  "${base64}";\n`;
}
