import { formerKey } from "../identity.ts";
import type { Page } from "../page.ts";

/** Whether an owner is who uses the browser now. */
export function isVisitor(owner: string, { identity }: Pick<Page, "identity">): boolean {
  return owner.slice(1) === (owner.startsWith("u") ? identity.user() : identity.client());
}

/**
 * Whether what was made under an owner may leave: a user's while that user is there or has only just left, a client's unless it was reset.
 * A client that is merely not known any more was none: a crash costs what `localStorage` had not written yet.
 */
export function standingOf(
  owner: string,
  { identity, storage, parted }: Pick<Page, "identity" | "storage" | "parted">,
): "now" | "later" | "never" {
  if (parted?.has(owner)) return "now";
  const who = owner.slice(1);
  if (owner.startsWith("u")) return who === identity.user() ? "now" : "later";
  return storage.get(formerKey)?.includes(who) ? "never" : "now";
}
