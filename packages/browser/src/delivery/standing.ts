import { formerKey } from "../identity.ts";
import type { Page } from "../page.ts";

/**
 * Whether what was made under an owner may leave: a user's while that user is there, a client's unless it was reset.
 * A client that is merely not known any more was none: a crash costs what `localStorage` had not written yet.
 */
export function standingOf(
  owner: string,
  { identity, storage }: Pick<Page, "identity" | "storage">,
): "now" | "later" | "never" {
  const who = owner.slice(1);
  if (owner.startsWith("u")) return who === identity.user() ? "now" : "later";
  return storage.get(formerKey)?.includes(who) ? "never" : "now";
}
