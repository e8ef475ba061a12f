import { readFileSync } from "node:fs";
import type { Environment } from "@activity/spool";
import { pathIn, randomBytes } from "@activity/spool";
import { writeConfigFile } from "./config-file.ts";
import { ciVendor } from "./known-ci.ts";

/**
 * The random id of this installation, kept in a directory: read, or made and written when there is none. A
 * damaged file is replaced. `undefined` where it cannot be kept: an id that changes with every run says
 * nothing. All machines of a build service have one id, since each lives for one build.
 */
export function readInstallId(directory: string | undefined, env: Environment): string | undefined {
  const vendor = ciVendor(env);
  if (vendor !== undefined) return `ci-${vendor}`;
  if (directory === undefined) return undefined;
  const path = pathIn(directory, "activity.json");
  try {
    return readId(path) ?? writeId(path);
  } catch {
    return undefined; // No such place, or not ours: the program goes on without.
  }
}

/** The same, where there is one already; nothing is written. */
export function findInstallId(directory: string | undefined, env: Environment): string | undefined {
  const vendor = ciVendor(env);
  if (vendor !== undefined) return `ci-${vendor}`;
  try {
    return directory === undefined ? undefined : idIn(pathIn(directory, "activity.json"));
  } catch {
    return undefined; // As above.
  }
}

/** The id in a file; `undefined` when there is no file. @throws when it cannot be read or replaced. */
function readId(path: string): string | undefined {
  try {
    return idIn(path) ?? replaceId(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined; // What `fs` throws has a code.
    throw cause;
  }
}

/** The id in a file; `undefined` when it holds none. @throws when it cannot be read. */
function idIn(path: string): string | undefined {
  const id = /"install_id"\s*:\s*"([\w-]+)"/.exec(readFileSync(path, "utf8"))?.[1] ?? "";
  return id.length >= 8 && id.length <= 64 ? id : undefined;
}

function writeId(path: string): string | undefined {
  writeConfigFile(path, newId(), "once");
  return readId(path);
}

function replaceId(path: string): string | undefined {
  writeConfigFile(path, newId(), "always");
  return readId(path);
}

/** A file with a random UUID (RFC 9562, version 4). */
function newId(): string {
  const bytes = randomBytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Buffer.from(bytes).toString("hex");
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
  return `${JSON.stringify({ install_id: parts.join("-") })}\n`;
}
