import { nanoid } from "nanoid";

/** A random id: 21 characters of `A–Z a–z 0–9 _ -`, as unlikely to come twice as a UUID. */
export function createId(): string {
  return nanoid();
}
