import { closeSync, openSync, readSync } from "node:fs";

/**
 * Random bytes from the system. `node:crypto` has them too, but takes 5 ms to load, which a command notices.
 */
export function randomBytes(count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  try {
    const fd = openSync("/dev/urandom", "r");
    try {
      if (readSync(fd, bytes) === count) return bytes;
    } finally {
      closeSync(fd);
    }
  } catch {
    // Windows, or a place without devices.
  }
  return process.getBuiltinModule("node:crypto").randomFillSync(bytes);
}
