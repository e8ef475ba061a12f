import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "@activity/spool";
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
  const path = join(directory, "activity.json");
  try {
    return readId(path) ?? writeId(path);
  } catch {
    return undefined; // No such place, or not ours: the program goes on without.
  }
}

/** The id in a file; `undefined` when there is no file. @throws when it cannot be read or replaced. */
function readId(path: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined; // What `fs` throws has a code.
    throw cause;
  }
  return /"install_id"\s*:\s*"([\w-]{8,64})"/.exec(text)?.[1] ?? replaceId(path);
}

function writeId(path: string): string | undefined {
  writeConfigFile(path, newId(), "once");
  return readId(path);
}

function replaceId(path: string): string | undefined {
  writeConfigFile(path, newId(), "always");
  return readId(path);
}

function newId(): string {
  return `${JSON.stringify({ install_id: process.getBuiltinModule("node:crypto").randomUUID() })}\n`;
}
