/** The public surface of an entry as text that a reviewer can read, and its comparison with the committed one. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import type { PackedPackage } from "./packed-packages.ts";

/** Every declaration that users of the entry can reach, file after file, without comments. */
export function declarationsOf({ folder, manifest }: PackedPackage, entry: string): string {
  const target = manifest.exports[entry];
  if (target === undefined || typeof target === "string") throw new Error(`There is no entry ${entry}`);
  const seen = new Map<string, string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    const text = readFileSync(join(folder, file), "utf8");
    seen.set(file, withoutComments(text));
    for (const [, path] of text.matchAll(/(?:from|import\()\s*"(\.{1,2}\/[^"]+)\.js"/g)) {
      visit(normalize(join(dirname(file), `${path}.d.ts`)));
    }
  };
  visit(normalize(target["import"]?.types ?? ""));
  return [...seen].map(([file, text]) => `// ${file}\n${text}\n`).join("\n");
}

/** `{ committed, current }`, equal when nothing changed; with ACTIVITY_UPDATE_SURFACE=1 the file is written instead. */
export function compareWithCommitted(
  name: string,
  current: string,
): { readonly committed: string; readonly current: string } {
  const file = fileURLToPath(new URL(`../surface/${name}`, import.meta.url));
  if (process.env["ACTIVITY_UPDATE_SURFACE"] === "1") {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, current);
  }
  return { committed: existsSync(file) ? readFileSync(file, "utf8") : "", current };
}

/** `@activity/core/schema` → `core/schema`, `@activity/core` → `core/index`. */
export function fileNameOf(entry: string): string {
  const [, packageName = "", ...path] = entry.split("/");
  return join(packageName, path.length === 0 ? "index" : path.join("-"));
}

function withoutComments(declarations: string): string {
  return declarations
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/^\s*\/\/.*$/gm, "")
    .replace(/\n\s*\n+/g, "\n")
    .trim();
}
