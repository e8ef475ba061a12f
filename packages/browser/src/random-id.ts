import type { Clock } from "@activity/core";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz-";
const length = 21;

/** A random id of 21 characters that may stand in a URL, a cookie's name and a `batch_id`: 126 bits. */
export function randomId(clock: Pick<Clock, "random">): string {
  let id = "";
  while (id.length < length) id += alphabet[Math.floor(clock.random() * alphabet.length)];
  return id;
}
