import { maxAgeMs } from "../browser-limits.ts";
import type { Page } from "../page.ts";
import type { WaitingEvent } from "../waiting-event.ts";
import { standingOf } from "./standing.ts";

/** What may be taken. */
export interface BatchWish {
  readonly maxEvents: number;
  /** Bytes of events with a comma between them; a single larger event travels alone unless the page leaves. */
  readonly maxBytes: number;
  /** The most important first. @defaultValue false */
  readonly isLeaving?: boolean;
  /** Whether an id must wait. */
  readonly isWithheld: (id: string) => boolean;
}

/** Chooses the events of one request. Those that are too old, or whose owner will never be back, are dropped. */
export function takeBatch(
  page: Pick<Page, "queue" | "identity" | "storage" | "clock">,
  { maxEvents, maxBytes, isLeaving, isWithheld }: BatchWish,
): readonly WaitingEvent[] {
  const { queue } = page;
  const now = page.clock.now();
  const waiting = [...queue.events.values()];
  if (isLeaving) waiting.sort((a, b) => (b.importance ?? 0) - (a.importance ?? 0));
  let room = maxBytes;
  const batch: WaitingEvent[] = [];
  let lastOwner: string | undefined;
  let standing: ReturnType<typeof standingOf> = "later";
  for (const event of waiting) {
    const { id, at, owner, bytes } = event;
    if (isWithheld(id)) continue;
    if (owner !== lastOwner) standing = standingOf(owner, page); // It looks into storage.
    lastOwner = owner;
    if (now - at > maxAgeMs) queue.settle([id], "dropped", "expired");
    else if (standing === "never") queue.settle([id], "dropped", "identity_gone");
    else if (
      standing === "now" &&
      batch.length < maxEvents &&
      (bytes < room || (!isLeaving && batch.length === 0))
    ) {
      room -= bytes + 1;
      batch.push(event);
    }
  }
  return batch;
}
