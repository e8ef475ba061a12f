import type { GrowingRange } from "@activity/core";
import { addNumber, parseEventId } from "@activity/core";
import type { WaitingEvent } from "../waiting-event.ts";
import { kept } from "../waiting-event.ts";

/** The attributes of one `events_dropped`: events of one source, given up for one reason. */
export interface DropAnnouncement {
  /** Of the event that says it, once there is one. */
  id?: string | undefined;
  readonly attributes: {
    readonly reason: string;
    count: number;
    readonly counts_by_type: Record<string, number>;
    readonly ranges: GrowingRange[];
  };
}

/** Announcements that can still be changed; of more sources than that each drop makes a new one. */
const maxOpen = 100;

/**
 * Makes the function that announces each event that will not arrive, in as few events as it can.
 *
 * @param isOpen whether an announcement can still be changed
 * @param record records an announcement, or again where it has an id, and gives it its id
 */
export function createAnnouncer(
  isOpen: (id: string) => boolean,
  record: (announcement: DropAnnouncement) => void,
): (event: WaitingEvent, reason: string) => void {
  const last = new Map<string, DropAnnouncement>();
  return ({ id, type, importance }, reason) => {
    const number = parseEventId(id);
    // An event without a number leaves no gap, and an announcement is not announced.
    if (!number || importance === kept) return;
    const key = reason + number.source;
    let announcement = last.get(key);
    if (!announcement?.id || !isOpen(announcement.id))
      announcement = { attributes: { reason, count: 0, counts_by_type: {}, ranges: [] } };
    if (last.size > maxOpen) last.clear();
    last.set(key, announcement);
    const { attributes } = announcement;
    attributes.count++;
    attributes.counts_by_type[type] = (attributes.counts_by_type[type] ?? 0) + 1;
    addNumber(attributes.ranges, number.source, number.n);
    record(announcement);
  };
}
