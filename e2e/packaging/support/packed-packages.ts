/** Every public package as its users get it: packed by pnpm, and unpacked again to look inside. */
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { publicPackages } from "../../../tools/public-packages.mjs";
import { must } from "../../../tools/run.mjs";

export interface PackedPackage {
  readonly name: string;
  /** The path of the `.tgz`. */
  readonly tarball: string;
  /** The folder with what was in it. */
  readonly folder: string;
  readonly manifest: PackedManifest;
  /** What can be imported: `@activity/core`, `@activity/core/schema` … */
  readonly entries: readonly string[];
}

export interface PackedManifest {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, ConditionTarget>>>>;
  readonly [field: string]: unknown;
}

export interface ConditionTarget {
  readonly types: string;
  readonly default: string;
}

/** Packs each public package into `folder`. Needs `dist`. */
export async function packPublicPackages(folder: string): Promise<readonly PackedPackage[]> {
  const packed: PackedPackage[] = [];
  for (const { folder: source, manifest } of publicPackages()) {
    const target = join(folder, manifest.name.replace("@", "").replace("/", "-"));
    mkdirSync(target, { recursive: true });
    await must("pnpm", ["pack", "--pack-destination", target], { cwd: source, output: "keep" });
    const archive = readdirSync(target).find((name) => name.endsWith(".tgz"));
    if (archive === undefined) throw new Error(`pnpm packed nothing for ${manifest.name}`);
    await must("tar", ["-xzf", archive], { cwd: target, output: "keep" });
    packed.push(describePacked(join(target, archive), join(target, "package")));
  }
  return packed;
}

function describePacked(tarball: string, folder: string): PackedPackage {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const entries = Object.keys(manifest.exports)
    .filter((entry) => entry !== "./package.json")
    .map((entry) => manifest.name + entry.slice(1));
  return { name: manifest.name, tarball, folder, manifest, entries };
}
