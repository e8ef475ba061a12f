import type { Stats } from "node:fs";
import fs, { chmodSync, lstatSync } from "node:fs";
import { invalidOption } from "@activity/core";
import { absoluteDirectory } from "./absolute-directory.ts";
import { makeDirectory, makeOwnDirectory } from "./make-directory.ts";
import { pathIn } from "./path-in.ts";
import type { Environment } from "./platform-directory.ts";
import { platformDirectory } from "./platform-directory.ts";
import { sha256 } from "./sha256.ts";

/** What decides where a spool stands. */
export interface SpoolFolderOptions {
  /** The directory of all spools. @defaultValue the platform's place for the state of `app` */
  readonly directory?: string | undefined;
  /** The application's name, for the platform's place. */
  readonly app?: string | undefined;
  /** Where the events go, such as a URL. */
  readonly destination: string;
  /** What they are sent with. Only its hash is used. */
  readonly credential?: string | undefined;
  /** @defaultValue `process.env` */
  readonly env?: Environment | undefined;
}

/**
 * The folder of one destination and credential: nothing that was recorded for one ever leaves for another.
 * `undefined` where there is neither a directory nor a home. A relative directory is one of the working directory as it
 * is now.
 *
 * @throws INVALID_OPTION when the directory is empty.
 */
export function spoolFolder(options: SpoolFolderOptions): string | undefined {
  const { directory, app = "activity", destination, credential = "", env = process.env } = options;
  if (directory === "") throw invalidOption("directory", directory, "the path of a directory");
  const own = platformDirectory("state", app, env);
  const root = directory === undefined ? own && pathIn(own, "activity") : absoluteDirectory(directory);
  if (root === undefined) return undefined;
  if (directory === undefined) ownRoots.add(root);
  const key = keyOf(JSON.stringify([destination, credential]));
  return pathIn(root, key.slice(0, keyLength));
}

/** Whether a name is one that {@link spoolFolder} gives a folder. */
export function isSpoolName(name: string): boolean {
  return name.length === keyLength && /^[0-9a-f]+$/.test(name);
}

const keyLength = 16;
let known = { text: "", key: "" };

/** The name of a folder. A program asks for the same again and again while it starts. */
function keyOf(text: string): string {
  if (text !== known.text) known = { text, key: sha256(text) };
  return known.key;
}

/** The platform's places that spools were put in: the directory of all spools of a program. */
const ownRoots = new Set<string>();

/**
 * Makes the folder of a spool, which only its owner can read, and everything above it.
 *
 * @throws when it is not there afterwards, is a link, or belongs to another user. In the platform's place that goes
 * for the directory of all spools too; one that a host has named may be a link.
 */
export function makeFolder(folder: string): void {
  checkRoot(folder);
  // As a rule it is there, and asking is cheaper than an exception.
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found !== undefined) return checkFound(folder, found);
  if (ownRoots.has(rootOf(folder))) makeOwnDirectory(folder);
  else makeDirectory(folder);
  checkFolder(folder);
}

/** @throws when a folder is a link or belongs to another user, such as what `sudo` left. Closes it to all others. */
export function checkFolder(folder: string): void {
  checkRoot(folder);
  checkFound(folder, lstatSync(folder));
}

/** @throws when a directory that is a folder's own is a link or belongs to another user. */
export function checkOwnDirectory(found: Stats): void {
  if (!found.isDirectory()) throw new Error("the spool's folder is not a directory");
  const user = process.geteuid?.();
  if (user !== undefined && found.uid !== user) throw new Error("the spool's folder belongs to another user");
}

function checkRoot(folder: string): void {
  const root = rootOf(folder);
  if (!ownRoots.has(root)) return;
  const found = lstatSync(root, { throwIfNoEntry: false });
  if (found !== undefined) checkFound(root, found);
}

/** As {@link spoolFolder} has put them together. */
function rootOf(folder: string): string {
  return folder.slice(0, -(keyLength + 1));
}

function checkFound(folder: string, found: Stats): void {
  checkOwnDirectory(found);
  // What is not for its owner either, such as a folder that is read-only, stays so.
  if ((found.mode & 0o077) !== 0 && process.geteuid !== undefined) chmodSync(folder, found.mode & 0o700);
}

/** Resolves when the names in a folder survive the death of the machine. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return; // Windows cannot sync a directory, and keeps names in its journal.
  const handle = await fs.promises.open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
