/** The TypeScript samples of the documents, as programs that stand alone. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { publicPackages } from "../../tools/public-packages.mjs";
import { repositoryRoot } from "../../tools/run.mjs";

export interface Sample {
  /** `docs/recipes.md:14`, the line at which it begins. */
  readonly at: string;
  /** The file that its first line names, where it names one. */
  readonly file: string | undefined;
  readonly program: string;
  /** What it says that it needs, and does not use. */
  readonly useless: readonly string[];
}

/** README.md, the pages of `docs` and the READMEs of the packages. */
export function documents(): readonly string[] {
  const pages = readdirSync(join(repositoryRoot, "docs")).filter((name) => name.endsWith(".md"));
  return [
    "README.md",
    ...pages.map((name) => `docs/${name}`),
    ...publicPackages().map(({ path }: { path: string }) => `${path}/README.md`),
  ];
}

/**
 * A sample is a program by itself, unless its first line says otherwise: `// continues the samples above` puts it
 * behind all of its page, `// needs sink, port` gives it what `needs.ts` has under these names, and
 * `// app/route.ts` is the name of its file, by which others of its page import it.
 */
export function readSamples(document: string): readonly Sample[] {
  const text = readFileSync(join(repositoryRoot, document), "utf8");
  const above: string[] = [];
  const neededAbove = new Set<string>();
  return [...text.matchAll(/^```ts.*\n([\s\S]*?)^```$/gm)].map((found) => {
    const [, code = ""] = found;
    const first = code.slice(0, code.indexOf("\n"));
    const file = /^\/\/ (\S+\.ts)$/.exec(first)?.[1];
    const continues = first.startsWith("// continues the samples above");
    const own = /^\/\/ (?:.*; )?needs ([\w, ]+)/.exec(first)?.[1]?.split(", ") ?? [];
    above.push(code);
    for (const name of own) neededAbove.add(name);
    const inherited = [...neededAbove].filter((name) => !above.join("\n").includes(`const ${name} =`));
    const needs = continues ? inherited : own;
    return {
      at: `${document}:${text.slice(0, found.index).split("\n").length}`,
      file,
      program: [
        ...(needs.length === 0 ? [] : [`import { ${needs.join(", ")} } from "./needs.ts";`]),
        ...(continues ? [joined(above)] : [code, "export {};"]),
      ].join("\n"),
      useless: own.filter((name) => !new RegExp(`\\b${name}\\b`).test(code.slice(first.length))),
    };
  });
}

/** Samples one behind the other: imports first, then each in a block of its own, but for the declarations of the first ones. */
function joined(samples: readonly string[]): string {
  const pattern = /^import\s[\s\S]*?;$/gm;
  const imports = new Set(samples.flatMap((sample) => sample.match(pattern) ?? []));
  const bodies = samples.map((sample) => sample.replace(pattern, ""));
  const last = bodies.pop() ?? "";
  return [...imports, ...bodies, "{", last, "}"].join("\n");
}
