import { maxAgeMs } from "./browser-limits.ts";
import type { EventQueue } from "./event-queue.ts";
import type { Identity } from "./identity.ts";
import type { WaitingEvent } from "./waiting-event.ts";

/** What may be taken. */
export interface BatchWish {
  readonly maxEvents: number;
  /** Bytes of events with a comma between them; a single larger event travels alone unless the page leaves. */
  readonly maxBytes: number;
  /** The most important first. @defaultValue false */
  readonly isLeaving?: boolean;
  /** Whether what was made under an owner may leave. */
  readonly standing: Identity["standing"];
  /** Whether an id must wait. */
  readonly isWithheld: (id: string) => boolean;
  readonly nowMs: number;
}

/** Chooses the events of one request. Those that are too old, or whose owner will never be back, are dropped. */
export function takeBatch(queue: EventQueue, wish: BatchWish): readonly WaitingEvent[] {
  const { isLeaving, standing, isWithheld, nowMs, maxEvents } = wish;
  const waiting = [...queue.events.values()];
  if (isLeaving) waiting.sort((a, b) => b.importance - a.importance);
  let room = wish.maxBytes;
  const batch: WaitingEvent[] = [];
  for (const event of waiting) {
    const { id, at, owner, bytes } = event;
    if (queue.flying.has(id) || isWithheld(id)) continue;
    if (nowMs - at > maxAgeMs) queue.settle([id], "dropped", "expired");
    else if (standing(owner) === "never") queue.settle([id], "dropped", "identity_gone");
    else if (standing(owner) === "later") continue;
    else if (batch.length < maxEvents && (bytes < room || (!isLeaving && batch.length === 0))) {
      room -= bytes + 1;
      batch.push(event);
    }
  }
  return batch;
}
