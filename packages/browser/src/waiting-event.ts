import type { Importance } from "@activity/core";

/** One event without an outcome, as it stands in memory, in the journal and in a lifeboat. */
export interface WaitingEvent {
  readonly id: string;
  readonly type: string;
  /** A lower one goes first when room is short; `kept` never. */
  readonly importance: Importance;
  /** When it was recorded: milliseconds since the Unix epoch. */
  readonly at: number;
  /** The whole event as JSON; as long as consent is awaited, its members from the time on. */
  readonly text: string;
  /** Bytes of the text as UTF-8. */
  readonly bytes: number;
  /** Under whom alone it may leave: `u` and a user, or `c` and a client where there was no user. */
  readonly owner: string;
}
