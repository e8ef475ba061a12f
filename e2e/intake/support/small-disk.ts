/** A disk of a few blocks: a file system in memory, mounted for one test. Needs root, or sudo without a password. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MissingPrerequisite, run } from "../../../tools/run.mjs";
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
  const options = `size=${bytes},mode=0755,uid=${process.getuid?.() ?? 0}`;
  const { code, output } = await asRoot(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder.path]);
  if (code !== 0) {
    folder.remove();
    throw new MissingPrerequisite(`A small disk cannot be mounted; run as root or allow sudo: ${output}`);
  }
  const path = join(folder.path, "data");
  const filler = join(folder.path, "filler");
  mkdirSync(path);
  writeFileSync(filler, Buffer.alloc(fillerBytes));
  return {
    path,
    free: () => rmSync(filler),
    remove: async () => {
      await asRoot(["umount", folder.path]);
      folder.remove();
    },
  };
}

function asRoot(command: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  const [program = "", ...args] = process.getuid?.() === 0 ? command : ["sudo", "-n", ...command];
  return run(program, args, { output: "keep" });
}
