import { invalidOption } from "@activity/core";
import type { SpoolFolderOptions } from "@activity/spool";
import { makeFolder, spoolFolder } from "@activity/spool";
import type { IntakeAuth } from "./intake-auth.ts";
import { credentialOf } from "./intake-auth.ts";
import type { IntakeSinkOptions } from "./intake-sink.ts";

/** The folder in which the events of these options wait; `undefined` where none do. */
export function folderOf(options: IntakeSinkOptions): string | undefined {
  return options.mode === "memory" ? undefined : spoolFolder(placeOf(options));
}

/** The spool of this address and these credentials: what was recorded for one never leaves for another. */
export function placeOf(options: IntakeSinkOptions): SpoolFolderOptions {
  const { app, url, directory, env } = options;
  return { app, env, directory, destination: url, credential: credentialOf(authOf(options)) };
}

/** What proves who sends, however it was given. */
export function authOf({ auth, writeKey }: IntakeSinkOptions): IntakeAuth | undefined {
  return auth ?? (writeKey === undefined ? undefined : { kind: "bearer", token: writeKey });
}

/** Sees to it that `mode: "spool"` has its folder. @throws INVALID_OPTION where it cannot be used. */
export function requireFolder(folder: string | undefined): void {
  try {
    if (folder === undefined) throw new Error("there is no directory for it");
    makeFolder(folder);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw invalidOption("mode", "spool", `"auto" or "memory", since the spool cannot be used: ${why}`);
  }
}
