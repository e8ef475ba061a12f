import type { EncodedAttributes, Importance } from "@activity/core";

/** One event without an outcome, as it stands in memory, in the journal and in a lifeboat. */
export interface WaitingEvent {
  readonly id: string;
  readonly type: string;
  /** A lower one goes first when room is short; {@link kept} never. Given when the text is finished, unless it is `kept`. */
  readonly importance?: Importance;
  /** When it was recorded: milliseconds since the Unix epoch. */
  readonly at: number;
  /** The whole event as JSON; as long as consent is awaited, its members from the time on. */
  readonly text: string;
  /** Bytes of the text as UTF-8; of a raw event, its characters. */
  readonly bytes: number;
  /** Under whom alone it may leave: `u` and a user, or `c` and a client where there was no user. */
  readonly owner: string;
  /** What was left out of a text that is still to be finished before it may leave; `undefined` when it is. */
  readonly flaws?: EncodingFlaws | undefined;
}

/** Attributes that could not be encoded, and how many were too many. */
export type EncodingFlaws = Omit<EncodedAttributes, "text">;

/** `importances.kept` as a number of its own, which bundlers put in where it is used. */
export const kept = 6;

/**
 * Stands in the text of an unfinished event for what is worked out later: before a URL that is to be redacted, alone as the
 * value of what is known of the browser, as the name of what was thrown, and before what is told of it otherwise.
 */
export const mark = "\u0001";
