import type { EventSource } from "../client/event-source.ts";
import { eventsDropped, sourceClosed } from "../constants/event-names.ts";
import { eventTypes } from "../constants/event-types.ts";
import type { Problem } from "../errors/problem.ts";
import type { ActivityEvent, Attributes } from "../event/activity-event.ts";
import { createEvent } from "../event/create-event.ts";
import { eventLimits } from "../limits.ts";
import type { NumberedSource } from "../ports/store.ts";
import { DropTally } from "./drop-tally.ts";

/** What an announcer writes its events to, and where it tells of drops. */
export interface AnnouncerPort {
  readonly source: EventSource;
  /** Events that are written at once at most, unless it is the end. */
  readonly most: number;
  /** Whether an announcement like this one may be written now; else what was noted waits. */
  admits(likeThis: () => ActivityEvent): boolean;
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
  #ended = false;

  constructor(port: AnnouncerPort) {
    this.#port = port;
  }

  /** Notes one event that was given up, or refused for good (`rejected`). */
  note(reason: string, text: string): void {
    const first = this.#tally.add(reason, text);
    if (first && reason !== "rejected") this.#tellDropped(reason, `events are being dropped: ${reason}`);
  }

  /** Whether there is something that was not announced. */
  get holds(): boolean {
    return !this.#tally.empty && !this.#ended;
  }

  /** Announces what was noted since the last time, if it may; returns whether it did. */
  announce(): boolean {
    const { most, admits } = this.#port;
    if (!this.holds || !admits(() => this.#likeThis())) return false;
    this.#write(most);
    return true;
  }

  /** Announces all that was noted, whatever stands in its way: what is not written now never is. */
  announceAll(): void {
    if (this.holds) this.#write(Number.POSITIVE_INFINITY);
  }

  /** Announces what is left, and that the own source has ended, if it ever began. Nothing is announced afterwards. */
  end(): void {
    this.announceAll();
    const { last } = this.#port.source;
    if (last > 0) this.#record(sourceClosed, { last: last + 1 });
    this.#ended = true;
  }

  /**
   * Ends a source whose process died. The id is none of its numbers, so that it stands in the way of no event
   * should one be on its way still; whoever else says the same, after a crash, says it under the same id.
   */
  endOther({ name, last }: NumberedSource): void {
    this.#record(sourceClosed, { source: name, last, adopted: true }, `${name}.${last}.closed`);
  }

  #write(most: number): void {
    for (const announcement of this.#tally.take(most)) {
      const { reason, count } = announcement;
      if (count !== undefined && reason !== "rejected")
        this.#tellDropped(reason, `${count} event(s) were dropped: ${reason}`, count);
      this.#record(eventsDropped, { ...announcement });
    }
  }

  /** An announcement that takes no number: a number that is given belongs to an event that is written. */
  #likeThis(): ActivityEvent {
    const { source } = this.#port;
    return createEvent({
      type: eventTypes.telemetry,
      name: eventsDropped,
      id: `${source.name || "new"}.${source.last + 1}`,
      time: source.now().time,
    });
  }

  #tellDropped(reason: string, message: string, count?: number): void {
    // Somebody has switched telemetry off, and knows.
    if (reason === "consent") return;
    const counted = count === undefined ? {} : { count };
    this.#port.tell({ code: "dropped", message, ...counted, reason: { code: reason } });
  }

  #record(name: string, attributes: Attributes, id?: string): void {
    const { source, append } = this.#port;
    // Ranges that were cut to fit would count as lost, so these events may be as large as any.
    const { maxBytes } = eventLimits;
    let time: string;
    try {
      time = source.now().time;
    } catch {
      // The clock shows no time that an event can have; the host was told of the drops all the same.
      return;
    }
    append(
      createEvent({
        type: eventTypes.telemetry,
        name,
        attributes,
        id: id ?? source.nextId(),
        time,
        maxBytes,
      }),
    );
  }
}
