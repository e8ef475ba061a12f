import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeDirectory } from "@activity/spool";

const fileName = "activity.json";

/**
 * The random id of this installation, kept in a directory: read, or made and written when there is none. A
 * damaged file is replaced. `undefined` where it cannot be kept: an id that changes with every run says
 * nothing.
 */
export function readInstallId(directory: string): string | undefined {
  const path = join(directory, fileName);
  try {
    return readId(path) ?? writeId(directory, path);
  } catch {
    return undefined; // No such place, or not ours: the program goes on without.
  }
}

/** The id in a file; `undefined` when there is no file or none in it. @throws when it cannot be read. */
function readId(path: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined; // What `fs` throws has a code.
    throw cause;
  }
  return /"install_id"\s*:\s*"([\w-]{8,64})"/.exec(text)?.[1];
}

function writeId(directory: string, path: string): string | undefined {
  makeDirectory(directory);
  const draft = join(directory, `${fileName}.${randomUUID()}.tmp`);
  writeFileSync(draft, `${JSON.stringify({ install_id: randomUUID() })}\n`, { mode: 0o600, flag: "wx" });
  try {
    // Of several first commands at once, one makes the file and the others read it.
    linkSync(draft, path);
    unlinkSync(draft);
  } catch {
    if (readSafely(path) === undefined) renameSync(draft, path);
    else unlinkSync(draft);
  }
  return readId(path);
}

function readSafely(path: string): string | undefined {
  try {
    return readId(path);
  } catch {
    return undefined; // It is about to be replaced.
  }
}
