/** A disk of a few blocks: a file system in memory, for the tests of full disks. Needs root, or sudo without a password. */
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MissingPrerequisite, run } from "./run.mjs";

/** Mounts one of so many bytes at an empty folder. */
export async function mountDisk(folder, bytes) {
  const options = `size=${bytes},mode=0755,uid=${process.getuid?.() ?? 0}`;
  const { code, output } = await asRoot(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder]);
  if (code === 0) return;
  const reason = output.trim().split("\n")[0];
  throw new MissingPrerequisite(
    `The tests of full disks mount a small one: run as root or allow sudo without a password (${reason}).`,
  );
}

export async function unmountDisk(folder) {
  await asRoot(["umount", folder]);
}

/** Throws `MissingPrerequisite` where none can be mounted. */
export async function checkSmallDisk() {
  const folder = mkdtempSync(join(tmpdir(), "activity-disk-"));
  try {
    await mountDisk(folder, 65_536);
    await unmountDisk(folder);
  } finally {
    rmdirSync(folder);
  }
}

function asRoot(command) {
  const [program, ...args] = process.getuid?.() === 0 ? command : ["sudo", "-n", ...command];
  return run(program, args, { output: "keep" });
}
