import type { Clock, ProblemHandler, Store } from "@activity/core";
import { ActivityError } from "@activity/core";
import type { FolderUsage } from "./folder-share.ts";
import type { SpoolFolderOptions } from "./spool-folder.ts";
import type { RunLimits } from "./take-run.ts";

/** Options of a spool. */
export interface SpoolStoreOptions extends SpoolFolderOptions {
  /**
   * When an event is written. `event`: before `append` returns, so that nothing in the next statement can
   * lose it · `tick`: with the others of the same run of code, as soon as that ends, which is cheaper for a
   * busy service; a process that is killed before that loses them. @defaultValue "event"
   */
  readonly write?: "event" | "tick" | undefined;
  /**
   * What an event survives without anybody asking for it: the death of the process, or of the machine too
   * (fdatasync, one for all that came meanwhile; begun after `append`, awaited by `durable`). @defaultValue "process"
   */
  readonly durability?: "process" | "disk" | undefined;
  /** Bytes that all processes of the folder hold at most together. @defaultValue 64 MiB */
  readonly maxBytes?: number | undefined;
  /** Events that this store holds at most. @defaultValue no limit */
  readonly maxEvents?: number | undefined;
  /** Files that all processes of the folder hold at most together. @defaultValue 1,000 */
  readonly maxFiles?: number | undefined;
  /** Bytes after which a new file is begun. @defaultValue 256 KiB */
  readonly segmentBytes?: number | undefined;
  /** Events and bytes that one lease takes at most, and that a lane must hold before it is leased without force. */
  readonly lease?: RunLimits | undefined;
  /** Told once when events have to be kept in memory, and of everything that could not be read again. */
  readonly onProblem?: ProblemHandler | undefined;
  readonly clock?: Clock | undefined;
}

/** A store on disk, and what it can tell of itself. */
export interface SpoolStore extends Store {
  /** Where it stands; `undefined` where there is no place for it. */
  readonly folder: string | undefined;
  /** How long the event that has waited longest has waited, in milliseconds; `undefined` when none waits. */
  oldestMs(): number | undefined;
  /** What all processes hold in the folder, counted anew at each call. */
  folderUsage(): FolderUsage;
}

/** The options, if they can be. @throws INVALID_OPTION */
export function checkSpoolOptions(options: SpoolStoreOptions): SpoolStoreOptions {
  const { write = "event", durability = "process" } = options;
  const refuse = (name: string, value: unknown, allowed: string): never => {
    throw new ActivityError("INVALID_OPTION", `${name} is ${JSON.stringify(value)}; it must be ${allowed}`);
  };
  if (write !== "event" && write !== "tick") refuse("write", write, '"event" or "tick"');
  if (durability !== "process" && durability !== "disk")
    refuse("durability", durability, '"process" or "disk"');
  for (const name of ["maxBytes", "maxEvents", "maxFiles", "segmentBytes"] as const) {
    const value = options[name];
    if (value !== undefined && !(value > 0)) refuse(name, value, "above 0");
  }
  return options;
}
