import { existsSync, lutimesSync, readdirSync } from "node:fs";
import { basename } from "node:path";
import type { Clock } from "@activity/core";
import { parseSegmentName } from "./segment-name.ts";

/** A file of a spool, and when its owner last wrote to it, in milliseconds since the Unix epoch. */
export interface WatchedFile {
  readonly path: string | undefined;
  readonly writtenMs: number;
}

/** After how long without a write an owner that cannot be looked at counts as dead. */
export const silentMs = 600_000;

/**
 * How long what was written or touched counts as still there, so that an event that follows another costs no look at
 * its file. A program that stood still, be it for ten minutes, looks first. Nobody takes over what was written a second
 * ago; a second rather than minutes because somebody may delete it.
 */
const trustMs = 1_000;

/**
 * Keeps the files of a living owner from being taken for those of a dead one: who cannot see it, in another pid
 * namespace or on another host, goes by the last write. Notices when it came too late for that.
 */
export class SegmentWatch {
  readonly #folder: string | undefined;
  readonly #clock: Clock;
  /** When every file was touched. */
  #touchedMs = 0;

  constructor(folder: string | undefined, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /** Touches every file; gives what others have taken over. */
  touch<T extends WatchedFile>(files: Iterable<T>): readonly T[] {
    const nowMs = this.#clock.now();
    const gone = [...files].filter(({ path }) => path !== undefined && !touchFile(path, nowMs));
    const taken = gone.filter((file) => this.wasTaken(file));
    this.#touchedMs = nowMs;
    return taken;
  }

  /** As {@link isGone}. */
  isGone(file: WatchedFile, nowMs: number): boolean {
    return !isRecent(this.#touchedMs, nowMs) && isGone(file, file.writtenMs, nowMs);
  }

  /** Whether a file that is gone was taken over by somebody, who counts what is in it: not deleted. */
  wasTaken({ path, writtenMs }: WatchedFile): boolean {
    if (path === undefined || existsSync(path)) return false;
    if (this.#clock.now() - Math.max(writtenMs, this.#touchedMs) > silentMs) return true;
    const { creator, number } = parseSegmentName(basename(path)) ?? {};
    return this.#names().some((name) => name.includes(`-${creator}-${number}-`));
  }

  #names(): readonly string[] {
    try {
      return this.#folder === undefined ? [] : readdirSync(this.#folder);
    } catch {
      return []; // Gone as a whole.
    }
  }
}

/** Whether a file that is about to take another line is gone: what it takes would be found by nobody. */
export function isGone(file: Pick<WatchedFile, "path">, writtenMs: number, nowMs: number): boolean {
  if (isRecent(writtenMs, nowMs)) return false;
  // Not earlier: finding out a path costs more than all else here.
  const { path } = file;
  return path !== undefined && !touchFile(path, nowMs);
}

function isRecent(atMs: number, nowMs: number): boolean {
  const sinceMs = nowMs - atMs;
  return sinceMs >= 0 && sinceMs < trustMs;
}

/** Makes a file's last write now; returns whether it is there. */
function touchFile(path: string, nowMs: number): boolean {
  try {
    lutimesSync(path, nowMs / 1_000, nowMs / 1_000);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code !== "ENOENT"; // What `fs` throws has a code.
  }
}
