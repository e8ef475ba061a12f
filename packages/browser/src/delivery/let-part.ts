import { flushTimeoutMs } from "../browser-limits.ts";
import { formerKey } from "../identity.ts";
import type { Page } from "../page.ts";
import { isVisitor } from "./standing.ts";

/**
 * Makes up for a `reset` that came before what sends was there: what waits under who was reset may leave for 10 s.
 * A user's only if the reset is no older than that, and nobody else has signed in; else it waits for that user.
 */
export function letPart(page: Page): void {
  const { queue, identity, storage, clock, partedAt } = page;
  if (page.consent !== "granted" || partedAt === undefined) return;
  const owners = [...queue.events.values()].map(({ owner }) => owner);
  const former = new Set(owners.filter((owner) => !isVisitor(owner, page)));
  if (former.size === 0) return;
  const isUsersToo = !identity.user() && Math.abs(clock.now() - partedAt) < flushTimeoutMs;
  page.parted = new Set([...former].filter((owner) => isUsersToo || owner.startsWith("c")));
  clock.setTimer(() => {
    page.parted = new Set();
    const clients = [...former].filter((owner) => owner.startsWith("c")).map((owner) => owner.slice(1));
    if (page.consent === "granted") storage.set(formerKey, [...clients, storage.get(formerKey)].join());
  }, flushTimeoutMs);
}
