/** Packages import only what the table in arrows.mjs allows, other packages only by name, and files only within `src`. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { arrows } from "./arrows.mjs";
import { reportProblems, repositoryFiles } from "./repository-files.mjs";
import { repositoryRoot } from "./run.mjs";

/** What a source text imports or re-exports, as `{ target, typeOnly }`; doc comments are left out. */
export function importsIn(source) {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const statements =
    /(\b(?:import|export)\s+type\b[^;"']*?)?(?:\bfrom\s*|\bimport\s*\(\s*|^\s*import\s+)["']([^"'\n]+)["']/gm;
  return [...code.matchAll(statements)].map(([, type, target]) => ({ target, typeOnly: type !== undefined }));
}

/** What is wrong with `file` (as in `packages/core/src/event/event.ts`) importing `target`, or undefined. */
export function problemWith(file, { target, typeOnly = false }, table = arrows) {
  const [, packageName, , ...inside] = file.split("/");
  const rules = table[packageName];
  if (rules === undefined) return `add "${packageName}" to tools/arrows.mjs`;
  if (/\.test\.ts$/.test(file)) return undefined;
  const folder = inside.length > 1 ? inside[0] : "";
  if (target.startsWith(".")) {
    const path = normalize(join(dirname(inside.join("/")), target));
    if (path.startsWith("..")) return "leaves src: import other packages by name";
    if (!path.endsWith(".ts")) return "relative imports end in .ts";
    const other = path.includes("/") ? path.split("/")[0] : "";
    const open = other === folder || folder === "testing" || rules.folders?.[folder]?.includes(`./${other}`);
    const guarded = !typeOnly && !open && rules.folders?.[other] !== undefined;
    return guarded ? `only ${other}/ itself may import from ${other}/` : undefined;
  }
  const allowed = [...rules.main, ...(rules.folders?.[folder] ?? [])];
  const fits = allowed.some((name) =>
    name.endsWith("*") ? target.startsWith(name.slice(0, -1)) : target === name,
  );
  return fits ? undefined : "not among the arrows of tools/arrows.mjs";
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const packages = readdirSync(join(repositoryRoot, "packages"));
  const missing = packages
    .filter((name) => arrows[name] === undefined)
    .map((name) => `packages/${name}: add it to tools/arrows.mjs`);
  const problems = repositoryFiles(/^packages\/[^/]+\/src\/.*\.ts$/).flatMap((file) =>
    importsIn(readFileSync(join(repositoryRoot, file), "utf8")).flatMap((imported) => {
      const problem = problemWith(file, imported);
      return problem === undefined ? [] : [`${file} imports ${imported.target}: ${problem}`];
    }),
  );
  reportProblems("arrows between packages", [...missing, ...problems]);
}
