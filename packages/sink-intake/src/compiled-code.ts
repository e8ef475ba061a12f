import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, isAbsolute } from "node:path";
import { Script } from "node:vm";
import type { Environment } from "@activity/spool";
import { makeDirectory, pathIn } from "@activity/spool";

/** A program's text, ready to run, and a way to keep what the engine has compiled of it. */
export interface CompiledCode {
  /** What the text gives: as a rule a function. */
  run(): unknown;
  /**
   * Keeps what has been compiled up to now for the next process, unless that is there already. Costs some
   * milliseconds when it does something. Never throws.
   */
  keep(): void;
}

/** Which text it is: `name` and `version` of the package, and a digest of the text. */
export interface CodeId {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
}

/** Files that may lie in the folder before all are removed: one a version of the package and of Node. */
const maxFiles = 16;

/**
 * Prepares a text to run. Compiling what a short command runs takes longer than everything that it does, so the
 * engine is handed what an earlier process has kept in the user's cache directory.
 *
 * The engine itself checks neither who wrote that nor whether it is whole. So it is taken only from a file of this
 * very user that nobody else may write, made by this Node for this text, and whose two copies agree.
 */
export function openCode(text: string, id: CodeId, env: Environment = process.env): CompiledCode {
  const place = placeOf(id, env);
  const key = Buffer.from(`${id.digest} ${process.version} ${process.execPath}\n`);
  const cachedData = place === undefined ? undefined : readCode(place.file, key);
  const script = new Script(text, {
    filename: `${id.name}.js`,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  const known = cachedData !== undefined && script.cachedDataRejected === false;
  return {
    run: () => script.runInThisContext(),
    keep: () => {
      if (place !== undefined && !known) writeCode(place, key, script);
    },
  };
}

interface CodePlace {
  /** A directory that is there already, or nothing is kept. */
  readonly root: string;
  readonly file: string;
}

/** `undefined` where nothing is kept: no home, a runtime of another kind, or somebody has said so. */
function placeOf({ name, version }: CodeId, env: Environment): CodePlace | undefined {
  const { versions, platform, arch, geteuid } = process;
  if (versions["bun"] ?? versions["deno"] ?? versions["electron"] ?? geteuid === undefined) return undefined;
  // What is measured by functions is wrong for code that was compiled before.
  if (env["NODE_DISABLE_COMPILE_CACHE"] || env["NODE_V8_COVERAGE"]) return undefined;
  const { XDG_CACHE_HOME: cache = "", HOME: home = "" } = env;
  const root = isAbsolute(cache) ? cache : home;
  if (!isAbsolute(root)) return undefined;
  const caches = root === cache ? cache : pathIn(home, platform === "darwin" ? "Library/Caches" : ".cache");
  const file = pathIn(caches, "activity-code", `${name}-${version}-${process.version}-${arch}`);
  return { root, file };
}

/** `undefined` unless it is whole, of this user, and nobody else may write it. */
function readCode(file: string, key: Buffer): Buffer | undefined {
  let handle: number | undefined;
  try {
    handle = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
    const { uid, mode } = fstatSync(handle);
    if (uid !== process.geteuid?.() || (mode & 0o022) !== 0) return undefined;
    const content = readFileSync(handle);
    const length = (content.length - key.length) / 2;
    const first = content.subarray(key.length, key.length + length);
    const same = content.subarray(key.length + length).equals(first);
    return Number.isInteger(length) && length > 0 && same && content.subarray(0, key.length).equals(key)
      ? first
      : undefined;
  } catch {
    return undefined; // There is none yet.
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/** By a rename, so that no other process finds a part of it. */
function writeCode({ root, file }: CodePlace, key: Buffer, script: Script): void {
  try {
    // Another user's home, as under sudo, is left alone.
    if (statSync(root).uid !== process.geteuid?.()) return;
    const folder = dirname(file);
    makeDirectory(folder);
    const names = readdirSync(folder);
    if (names.length >= maxFiles) for (const name of names) rmSync(pathIn(folder, name), { force: true });
    const code = script.createCachedData();
    const part = `${file}.${process.pid}`;
    writeFileSync(part, Buffer.concat([key, code, code]), { mode: 0o600, flag: "wx" });
    renameSync(part, file);
  } catch {
    // A full disk, no permission: the next start compiles anew, as this one did.
  }
}
