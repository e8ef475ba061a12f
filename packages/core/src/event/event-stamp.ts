import type { EventLimits } from "../limits.ts";
import type { ActivityEvent } from "./activity-event.ts";
import { parseEventText } from "./parse-event.ts";
import { extendScanned } from "./scanned-event.ts";

/** Members that a server puts onto events which have passed the checks: looked at once for all of them. */
export class EventStamp {
  readonly #members: string;

  private constructor(members: string) {
    this.#members = members;
  }

  /** Of members as JSON, without brackets: `"a":1,"b":2`. `undefined` where an event with these alone would not pass as it is. */
  static of(members: string, limits: EventLimits): EventStamp | undefined {
    const probe = `${plainest},${members}}`;
    return parseEventText(probe, limits).event?.text === probe ? new EventStamp(members) : undefined;
  }

  /**
   * The event with the members behind its own, spliced into its text: it must not have any of them yet. `undefined` for
   * an event that no {@link EventScanner} found.
   */
  onto(event: ActivityEvent): ActivityEvent | undefined {
    return extendScanned(event, this.#members);
  }
}

const plainest =
  '{"event_id":"stamp","event_time":"2026-01-01T00:00:00Z","event_type":"log","event_name":"stamp"';
