import type { Clock } from "@activity/core";
import { systemClock } from "@activity/core";
import { randomBytes } from "@activity/spool";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** The real clock, without the modules that a command has no time to load. */
export const commandClock: Clock = {
  ...systemClock,
  // What `performance` needs is not loaded yet.
  monotonic: () => {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1_000 + nanoseconds / 1_000_000;
  },
  createId: () => Array.from(randomBytes(21), (byte) => alphabet[byte % 64]).join(""),
};
