/**
 * Builds the package in the current folder. `tsc -b` writes ES modules with declarations and maps to `dist`: what
 * bundlers read. From these, esbuild makes one file for each public entry, where code that entries share stands in
 * chunks so that two entries give one instance: `dist/bundled` for Node, which would spend a quarter of a millisecond on
 * each single module, and `dist/cjs` for tools that know CommonJS only, with the declarations again as `.d.cts`.
 *
 * Own packages and CommonJS dependencies stay external; dependencies that ship ES modules only are inlined.
 *
 * An entry named under `standalone` in the manifest is, for Node, one small file with what it needs of own packages in
 * it; what it imports while it runs stands in files beside it, as the other entries do.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build, transform } from "esbuild";
import { keepCode } from "./kept-code.mjs";

const packageFolder = process.cwd();
const dist = join(packageFolder, "dist");
const manifest = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8"));
const entries = publicEntries();
const standalone = manifest.standalone ?? [];
/** Modules that standalone entries import while they run. */
const parts = new Set();

removeStaleOutput();
compile();
// A package's own work on what tsc has written, before it is bundled: `--prepare FILE`.
const { values } = parseArgs({ options: { prepare: { type: "string" } } });
if (values.prepare) await import(pathToFileURL(join(packageFolder, values.prepare)).href);
writeDeclarations();
await buildForNode();
await buildCommonJs();

/** What `exports` offers, as names without extension: `index`, `schema/index` … */
function publicEntries() {
  return Object.values(manifest.exports)
    .filter((target) => typeof target === "object")
    .map((target) => target["@activity/source"].replace(/^\.\/src\//, "").replace(/\.ts$/, ""));
}

/** A deleted source must not stay in the tarball; tsc alone never deletes. The build information lies in dist too. */
function removeStaleOutput() {
  if (!existsSync(dist)) return;
  const sources = filesUnder(dist).filter((name) => name.endsWith(".js"));
  const stale = sources.some((name) => !existsSync(join(packageFolder, "src", name.replace(/\.js$/, ".ts"))));
  if (stale) rmSync(dist, { recursive: true });
}

function compile() {
  const require = createRequire(import.meta.url);
  const tsc = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");
  const { status } = spawnSync(process.execPath, [tsc, "-b"], { cwd: packageFolder, stdio: "inherit" });
  if (status !== 0) process.exit(1);
}

/**
 * tsc keeps `.ts` in the imports of declarations: old compilers cannot resolve that, so it becomes `.js`. CommonJS
 * consumers under `module: node16` need declarations that are CommonJS all the way down, so each is repeated.
 */
function writeDeclarations() {
  rmSync(join(dist, "cjs"), { recursive: true, force: true });
  for (const file of filesUnder(dist).filter((name) => name.endsWith(".d.ts"))) {
    const text = withImportsAs(".js", readFileSync(join(dist, file), "utf8"));
    writeFileSync(join(dist, file), text);
    const target = join(dist, "cjs", file.replace(/\.d\.ts$/, ".d.cts"));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, withImportsAs(".cjs", text.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n")));
  }
}

function withImportsAs(extension, declarations) {
  return declarations.replace(/((?:from|import\()\s*"\.{1,2}\/[^"]*?)\.[jt]s"/g, `$1${extension}"`);
}

async function buildForNode() {
  rmSync(join(dist, "bundled"), { recursive: true, force: true });
  for (const entry of standalone) await buildStandalone(entry);
  const { outputFiles } = await bundle({
    outdir: "dist/bundled",
    entryPoints: [...entries.filter((entry) => !standalone.includes(entry)), ...parts].map(toModule),
    conditions: ["browser", "import"], // webpack takes these files for pages, too
    sourcemap: "linked",
  });
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    const map = path.endsWith(".map") ? readableSources(JSON.parse(text), dirname(path)) : undefined;
    writeFileSync(path, map === undefined ? withoutFacades(text) : JSON.stringify(map));
  }
}

/**
 * One file of everything that is loaded at a start, without blanks and comments: a command waits for each byte. Its
 * text is run by what opens it, with what the engine has compiled before.
 */
async function buildStandalone(entry) {
  const options = {
    outdir: "dist/bundled",
    conditions: ["@activity/source", "browser", "import"],
    external: ["node:*"],
    splitting: false,
  };
  const whole = await bundle({
    ...options,
    entryPoints: [`src/${entry}.ts`],
    outbase: "src",
    plugins: [{ name: "parts", setup: ({ onResolve }) => onResolve({ filter: /^\.\// }, leavePart) }],
  });
  const id = { name: `${basename(packageFolder)}-${entry}`, version: manifest.version };
  const kept = await keepCode(withoutFacades(whole.outputFiles[0].text), {
    opener: "./src/compiled-code.ts",
    id,
  });
  const { outputFiles } = await bundle({
    ...options,
    entryPoints: undefined,
    stdin: { contents: kept.text, resolveDir: packageFolder },
    external: [...options.external, ...kept.parts],
  });
  const { code } = await transform(withoutFacades(outputFiles[0].text), { minify: true, target: "es2023" });
  const path = join(dist, "bundled", `${entry}.js`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, code);
}

function leavePart({ path, kind }) {
  if (kind !== "dynamic-import") return undefined;
  const part = basename(path, ".ts");
  parts.add(part);
  return { path: `./${part}.js`, external: true };
}

function toModule(entry) {
  return `dist/${entry}.js`;
}

/**
 * Takes Node's own modules as CommonJS has them. An `import` makes Node read every member of such a module, and some
 * load more modules then: streams and promises behind `node:fs`. Lines stay where they are, for the maps.
 */
function withoutFacades(text) {
  const seen = new Set();
  const imports = /^import (?<whole>\w+)?(?:, )?(?<names>\{[^}]*\})? from (?<name>"node:[\w/]+");$/gm;
  return text.replace(imports, (...found) => {
    const { whole, names, name } = found.at(-1);
    const bound = [whole, names?.replace(/(\w+) as (\w+)/g, "$1: $2")].filter(Boolean);
    const builtin = name.replace(/\W/g, "$");
    const taken = seen.has(name) ? [] : [`const ${builtin} = process.getBuiltinModule(${name});`];
    seen.add(name);
    return [...taken, ...bound.map((target) => `const ${target} = ${builtin};`)].join(" ");
  });
}

async function buildCommonJs() {
  const { outputFiles } = await bundle({
    outdir: "dist/cjs",
    outExtension: { ".js": ".cjs" },
    conditions: ["browser", "import"], // also runs in jsdom
    sourcemap: "inline",
  });
  for (const output of outputFiles) await writeAsCommonJs(output);
}

function bundle(options) {
  return build({
    absWorkingDir: packageFolder,
    entryPoints: entries.map(toModule),
    outbase: "dist",
    chunkNames: "shared-[hash]",
    bundle: true,
    splitting: true,
    write: false,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2023",
    external: ["node:*", ...externalDependencies()],
    logLevel: "warning",
    ...options,
  });
}

/** esbuild splits only ES modules: each of its files is turned into CommonJS afterwards, its map carried along. */
async function writeAsCommonJs(output) {
  const name = output.path.slice(output.path.lastIndexOf("/") + 1);
  const { code, map } = await transform(output.text, {
    format: "cjs",
    platform: "node",
    target: "es2023",
    define: { "import.meta.filename": "__filename" },
    supported: { "dynamic-import": false }, // Jest cannot load a module by it from CommonJS.
    sourcemap: "external",
    sourcefile: name,
    logLevel: "warning",
  });
  const folder = dirname(output.path);
  mkdirSync(folder, { recursive: true });
  const readable = readableSources(JSON.parse(map), folder);
  if (readable.sources.every((source) => source === name)) return writeFileSync(output.path, code); // only re-exports
  writeFileSync(output.path, `${code}//# sourceMappingURL=${name}.map\n`);
  writeFileSync(`${output.path}.map`, JSON.stringify(readable));
}

/** Inlined dependencies are not in the tarball: their map entries carry the text and lose the path of this machine. */
function readableSources(map, folder) {
  const own = map.sources.map(
    (source) =>
      existsSync(join(folder, source)) &&
      !source.includes("node_modules/") &&
      !relative(packageFolder, join(folder, source)).startsWith(".."),
  );
  return {
    ...map,
    sources: map.sources.map((source, index) =>
      own[index] ? source : source.replace(/^.*node_modules\/|^(?:\.\.\/)+/, ""),
    ),
    sourcesContent: map.sourcesContent.map((text, index) => (own[index] ? null : text)),
  };
}

function externalDependencies() {
  const all = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies };
  return Object.keys(all)
    .filter((name) => name.startsWith("@activity/") || !isModuleOnly(name))
    .flatMap((name) => [name, `${name}/*`]);
}

function isModuleOnly(name) {
  const file = join(packageFolder, "node_modules", name, "package.json");
  if (!existsSync(file)) return false;
  const { type, exports } = JSON.parse(readFileSync(file, "utf8"));
  return type === "module" && !JSON.stringify(exports ?? {}).includes('"require"');
}

function filesUnder(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((name) => !/^(?:cjs|bundled)[\\/]/.test(name));
}
