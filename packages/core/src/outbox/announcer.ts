import type { EventSource } from "../client/event-source.ts";
import { eventNames } from "../constants/event-names.ts";
import { eventTypes } from "../constants/event-types.ts";
import type { Problem } from "../errors/problem.ts";
import type { ActivityEvent, Attributes } from "../event/activity-event.ts";
import { createEvent } from "../event/create-event.ts";
import { DropTally } from "./drop-tally.ts";

/** What an announcer writes its events to, and where it tells of drops. */
export interface AnnouncerPort {
  readonly source: EventSource;
  append(event: ActivityEvent): void;
  tell(problem: Problem): void;
}

/**
 * Names the events that will not arrive: to the host when dropping begins and when it has been summed up,
 * downstream by `events_dropped`. Its events have a source of their own.
 */
export class Announcer {
  readonly #tally: DropTally = new DropTally();
  readonly #port: AnnouncerPort;

  constructor(port: AnnouncerPort) {
    this.#port = port;
  }

  /** Notes one event that was given up, or refused for good (`rejected`). */
  note(reason: string, text: string): void {
    const first = this.#tally.add(reason, text);
    if (first && reason !== "rejected") this.#tellDropped(reason, 1, `events are being dropped: ${reason}`);
  }

  /** Announces what was noted since the last time; returns whether there was anything. */
  announce(): boolean {
    if (this.#tally.empty) return false;
    for (const announcement of this.#tally.take()) {
      const { reason, count } = announcement;
      if (count !== undefined && reason !== "rejected")
        this.#tellDropped(reason, count, `${count} event(s) were dropped: ${reason}`);
      this.#record(eventNames.eventsDropped, { ...announcement });
    }
    return true;
  }

  /** Records that the announcer's own source has ended, if it ever began. */
  end(): void {
    const { last } = this.#port.source;
    if (last > 0) this.#record(eventNames.sourceClosed, { last: last + 1 });
  }

  #tellDropped(reason: string, count: number, message: string): void {
    this.#port.tell({ code: "dropped", message, count, reason: { code: reason } });
  }

  #record(name: string, attributes: Attributes): void {
    const { source, append } = this.#port;
    append(
      createEvent({ type: eventTypes.telemetry, name, attributes, id: source.nextId(), time: source.now().time }),
    );
  }
}
