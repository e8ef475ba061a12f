/** What lies in the tarballs: nothing that does not belong there, everything that is promised, and maps that lead home. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { publicPackages } from "../../tools/public-packages.mjs";
import { run } from "../../tools/run.mjs";
import { type PackedPackage, packPublicPackages } from "./support/packed-packages.ts";

const names: readonly string[] = publicPackages().map(({ manifest }) => manifest.name);

describe.each(names)("the tarball of %s", (name) => {
  let all: readonly PackedPackage[] = [];
  let files: readonly string[] = [];
  let scratch: string;
  const packed = (): PackedPackage => {
    const found = all.find((each) => each.name === name);
    if (found === undefined) throw new Error(`${name} was not packed`);
    return found;
  };
  const read = (file: string): string => readFileSync(join(packed().folder, file), "utf8");

  beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), "activity-tarballs-"));
    all = await packPublicPackages(scratch);
    files = readdirSync(packed().folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(packed().folder, join(entry.parentPath, entry.name)));
  });

  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it("passes publint at its strictest", async () => {
    const { messages } = await publint({ pkgDir: packed().folder, strict: true, pack: false });
    expect(messages.map((message) => formatMessage(message, packed().manifest, { color: false }))).toEqual(
      [],
    );
  });

  it("gives every compiler the right types", async () => {
    const attw = join(
      dirname(createRequire(import.meta.url).resolve("@arethetypeswrong/cli/package.json")),
      "dist",
      "index.js",
    );
    const args = [
      attw,
      packed().tarball,
      "--profile",
      "node16",
      "--no-definitely-typed",
      "--no-color",
      "--no-emoji",
    ];
    const { code, output } = await run("node", args, { output: "keep" });
    expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
  });

  it("holds no tests, build information or settings", () => {
    const strangers =
      /(^|\/)(tests?|__tests__|fixtures|node_modules|\.turbo)\/|\.test\.|\.spec\.|\.tsbuildinfo$|(^|\/)\.|tsconfig/;
    expect(files.filter((file) => strangers.test(file))).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(["package.json", "LICENSE", "README.md"]));
  });

  it("names no workspace or catalog version, and keeps no private condition", () => {
    const text = JSON.stringify(packed().manifest);
    expect(text).not.toMatch(/"(?:workspace|catalog|link|file):/);
    expect(JSON.stringify(packed().manifest.exports)).not.toContain("@activity/source");
    expect(packed().manifest["publishConfig"]).toEqual({ access: "public" });
  });

  it("has every file that its exports name", () => {
    const targets = JSON.stringify(packed().manifest.exports).match(/"\.\/[^"]*\.[^"]*"/g) ?? [];
    expect(targets.length).toBeGreaterThan(4);
    expect(targets.map((target) => target.slice(3, -1)).filter((target) => !files.includes(target))).toEqual(
      [],
    );
  });

  it("has source maps whose every source is there", () => {
    const sources = files.filter((file) => /\.[cm]?[jt]s$/.test(file)).flatMap((file) => brokenMapsOf(file));
    expect(sources).toEqual([]);
    expect(files.filter((file) => file.endsWith(".js.map")).length).toBeGreaterThan(0);
  });

  it("names no path of the machine that built it", () => {
    const home = dirname(
      dirname(dirname(createRequire(import.meta.url).resolve("@arethetypeswrong/cli/package.json"))),
    );
    expect(files.filter((file) => read(file).includes(home) || read(file).includes(process.cwd()))).toEqual(
      [],
    );
  });

  function brokenMapsOf(file: string): readonly string[] {
    const [, url] = /^\/\/# sourceMappingURL=(\S+)\s*$/m.exec(read(file)) ?? [];
    if (url === undefined) return [];
    const mapFile = join(dirname(file), url);
    if (!files.includes(mapFile)) return [`${file}: ${url} is not there`];
    const map: { sources: string[]; sourcesContent?: (string | null)[] } = JSON.parse(read(mapFile));
    return map.sources
      .filter(
        (source, index) =>
          !(map.sourcesContent?.[index] ?? existsSync(resolve(packed().folder, dirname(mapFile), source))),
      )
      .map((source) => `${file}: ${source} is not there`);
  }
});
