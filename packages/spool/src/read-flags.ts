import { constants } from "node:fs";

/** How a segment is opened: never through a link, and without waiting for whoever would write into a pipe. */
export const readFlags: number =
  constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0); // Windows has neither.
