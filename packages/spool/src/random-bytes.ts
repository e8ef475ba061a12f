import { closeSync, openSync, readSync } from "node:fs";

/** What was read ahead: a command needs two ids, and each read takes three calls of the system. */
let ahead = new Uint8Array(0);
const aheadBytes = 64;

/**
 * Random bytes from the system, each given once. `node:crypto` has them too, but takes 5 ms to load, which a command
 * notices.
 */
export function randomBytes(count: number): Uint8Array {
  if (ahead.length < count) ahead = readRandom(Math.max(count, aheadBytes));
  const bytes = ahead.slice(0, count);
  ahead = ahead.subarray(count);
  return bytes;
}

function readRandom(count: number): Uint8Array<ArrayBuffer> {
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
  // biome-ignore lint/plugin: names of files and ids on disk are no chance that a test could own
  return process.getBuiltinModule("node:crypto").randomFillSync(bytes);
}
