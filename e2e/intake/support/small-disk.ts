/** A disk of a few blocks: a file system in memory, mounted for one test. Needs root, or sudo without a password. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mountDisk, unmountDisk } from "../../../tools/small-disk.mjs";
import { scratchFolder } from "./intake-process.ts";

export interface SmallDisk {
  /** A folder on it. */
  readonly path: string;
  /** Frees what was taken up from the beginning. */
  free(): void;
  remove(): Promise<void>;
}

const fillerBytes = 262_144;

/** Mounts a disk of so many bytes, 256 KiB of which are taken until `free`. */
export async function mountSmallDisk(bytes: number): Promise<SmallDisk> {
  const folder = scratchFolder();
  try {
    await mountDisk(folder.path, bytes);
  } catch (error) {
    folder.remove();
    throw error;
  }
  const path = join(folder.path, "data");
  const filler = join(folder.path, "filler");
  mkdirSync(path);
  writeFileSync(filler, Buffer.alloc(fillerBytes));
  return {
    path,
    free: () => rmSync(filler),
    remove: async () => {
      await unmountDisk(folder.path);
      folder.remove();
    },
  };
}
