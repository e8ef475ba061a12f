import { statSync } from "node:fs";
import { basename, dirname, parse } from "node:path";
import type { Environment } from "@activity/spool";
import { pathIn } from "@activity/spool";
import { flusherEnvironment, flusherFlags } from "./flusher-environment.ts";
import type { FlusherJob } from "./flusher-job.ts";
import { flusherVariable } from "./flusher-job.ts";

/** Names of the flusher's program beside the code that starts it: as modules, bundled for Node, and as CommonJS. */
const fileNames = ["activity-flusher.js", "activity-flusher.cjs"];

/** What paths into archives have in them, in whichever case, which only the programs themselves can read. */
const archives = [".asar/", ".asar\\", ".zip/", ".zip\\"];

/** Where the flusher's program is, or why none can be started from here. */
export type FlusherProgram =
  | { readonly file: string; readonly obstacle?: undefined }
  | { readonly file?: undefined; readonly obstacle: string };

/**
 * Finds the flusher's program. Starting one where it would go wrong (a program that is its own runtime would
 * start itself again) is worse than none.
 *
 * @param file Where it is, for programs that are bundled and carry it along.
 */
export function findFlusher(env: Environment, file?: string): FlusherProgram {
  const obstacle = runtimeObstacle(env);
  if (obstacle !== undefined) return { obstacle };
  const candidates = file === undefined ? besideThis() : [file];
  const found = candidates.find(isRealFile);
  return found === undefined ? { obstacle: "its program is not on disk beside this one" } : { file: found };
}

/** Starts a flusher that outlives this process. That it cannot be started is no failure: the next start delivers. */
export function spawnFlusher(file: string, job: FlusherJob, env: Environment): void {
  try {
    // Loaded when needed: most starts spawn nothing.
    const { spawn } = process.getBuiltinModule("node:child_process");
    const child = spawn(process.execPath, [...flusherFlags(env), file], {
      detached: true,
      stdio: "ignore",
      windowsHide: true,
      // Not where the user is: that folder may be unmounted or removed.
      cwd: parse(process.execPath).root,
      env: { ...flusherEnvironment(env, job.variable), [flusherVariable]: JSON.stringify(job) },
    });
    child.on("error", () => undefined);
    child.unref();
  } catch {
    // No more processes, or not allowed.
  }
}

function runtimeObstacle(env: Environment): string | undefined {
  const { versions, execPath } = process;
  if (env[flusherVariable] !== undefined) return "this is a flusher already";
  for (const other of ["bun", "deno", "electron", "pnp"])
    if (versions[other] !== undefined) return `it needs Node.js on its own, not ${other}`;
  if (isSingleExecutable()) return "the program is a single executable";
  if (!/^node(?:js)?[\d.]*(?:\.exe)?$/.test(basename(execPath).toLowerCase()))
    return "the program is not run by node";
  if (process.permission?.has("child") === false) return "this process may start none";
  return undefined;
}

function isSingleExecutable(): boolean {
  return process.getBuiltinModule("node:sea")?.isSea() === true;
}

/** Beside the file of this module, wherever a bundler has put it. */
function besideThis(): readonly string[] {
  // Where others have bundled this as CommonJS nobody can tell.
  const here: string | undefined = import.meta.filename;
  if (here === undefined) return [];
  const folder = dirname(here);
  return fileNames.map((name) => pathIn(folder, name));
}

/** Whether a file is on the real disk, where another process finds it: not in an archive that only this one reads. */
function isRealFile(path: string): boolean {
  const lower = path.toLowerCase();
  if (archives.some((part) => lower.includes(part))) return false;
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
