import { createOwner, formatOwner, livenessOf, parseOwner } from "./owner.ts";

/** A text that names this process among all that ever ran anywhere, for a file that must say whose it is. */
export function processOwner(): string {
  return formatOwner(createOwner());
}

/** Whether the process that such a text names certainly runs no more. A text that names none counts as ended. */
export function hasEnded(owner: string): boolean {
  const parsed = parseOwner(owner);
  return parsed === undefined || livenessOf(parsed, createOwner()) === "dead";
}
