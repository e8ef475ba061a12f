import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "@activity/core";
import { parseSegmentName } from "./segment-name.ts";

/** What all processes of a folder hold together. */
export interface FolderUsage {
  readonly bytes: number;
  readonly files: number;
  /** Stores that hold something, those that have ended included. */
  readonly owners: number;
}

/** Bounds of a whole folder. */
export interface FolderLimits {
  readonly bytes: number;
  readonly files: number;
}

/** How often a folder is looked through at most. */
const everyMs = 1_000;

/**
 * What one process may hold of a folder that others use too: what the limits leave beside the others, and
 * never less than its even part, so that none is starved. All of them together come back to the limits as
 * each looks again.
 */
export class FolderShare {
  bytes: number;
  files: number;
  readonly #folder: string | undefined;
  readonly #owner: () => string;
  readonly #clock: Clock;
  readonly #limits: FolderLimits;
  #lookAt: number = Number.NEGATIVE_INFINITY;

  constructor(port: {
    readonly folder: string | undefined;
    readonly owner: () => string;
    readonly clock: Clock;
    readonly limits: FolderLimits;
  }) {
    this.#folder = port.folder;
    this.#owner = port.owner;
    this.#clock = port.clock;
    this.#limits = port.limits;
    this.bytes = port.limits.bytes;
    this.files = port.limits.files;
  }

  /** Looks through the folder, unless it was done just now. */
  look(): void {
    const now = this.#clock.monotonic();
    if (this.#folder === undefined || now < this.#lookAt) return;
    this.#lookAt = now + everyMs;
    const owner = this.#ownerNow();
    if (owner === undefined) return;
    const { bytes, files, owners } = usageOf(this.#folder, owner);
    this.bytes = Math.max(this.#limits.bytes - bytes, Math.floor(this.#limits.bytes / (owners + 1)));
    this.files = Math.max(this.#limits.files - files, Math.floor(this.#limits.files / (owners + 1)));
  }

  #ownerNow(): string | undefined {
    try {
      return this.#owner();
    } catch {
      return undefined; // Whoever records meets the same, and tells of it.
    }
  }
}

/** What a folder holds, without the segments of one owner. Nothing where there is no folder. */
export function usageOf(folder: string, except?: string): FolderUsage {
  let bytes = 0;
  let files = 0;
  const owners = new Set<string | undefined>();
  for (const file of filesIn(folder)) {
    const name = parseSegmentName(file);
    if (name === undefined || (except !== undefined && name.owner === except)) continue;
    owners.add(name.owner);
    files++;
    bytes += Math.max(0, sizeOf(join(folder, file)) - name.offset);
  }
  return { bytes, files, owners: owners.size };
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // What cannot be read holds nothing that would be ours to count.
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0; // Settled meanwhile.
  }
}
