import { importanceOf } from "@activity/core";
import type { EventQueue } from "../event-queue.ts";
import type { WaitingEvent } from "../waiting-event.ts";
import { kept } from "../waiting-event.ts";

/** Gives up what is too much: the oldest of the least important first, of what is not under way. */
export function trimQueue({ events, isFull, settle }: EventQueue, flying: ReadonlySet<string>): void {
  // Events that name others need room, too, and must not cost one more.
  const spared = (): number => [...events.values()].filter(({ importance }) => importance === kept).length;
  while (isFull() && isFull(spared())) {
    let least: WaitingEvent | undefined;
    for (const event of events.values()) {
      const order = rank(event) - (least ? rank(least) : kept) || event.at - (least?.at ?? 0);
      if (order < 0 && !flying.has(event.id)) least = event;
    }
    if (!least) return;
    settle([least.id], "dropped", "capacity");
  }
}

/** Of an unfinished event, by its type. */
function rank({ importance, type }: WaitingEvent): number {
  return importance ?? importanceOf(type);
}
