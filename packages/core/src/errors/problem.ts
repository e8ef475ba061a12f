import type { Reason } from "../ports/reason.ts";
import type { DropReason } from "../ports/sink.ts";

/** What can be wrong with one event. Closed union; the same codes in clients, proxies and answers. */
export const eventProblemCodes = [
  "missing_field",
  "bad_type",
  "empty",
  "too_long",
  "bad_time",
  "time_too_far",
  "bad_json",
  "bad_unicode",
  "reserved_key",
  "forbidden_key",
  "too_many_keys",
  "too_large",
  "too_deep",
] as const;

/** A code of {@link eventProblemCodes}. */
export type EventProblemCode = (typeof eventProblemCodes)[number];

/** One thing wrong with one event. */
export interface EventProblem {
  readonly code: EventProblemCode;
  /** Where, as a JSON pointer (RFC 6901): `/event_name`; empty for the event as a whole. */
  readonly pointer: string;
  /** What happened and what is allowed. Quotes values of the four fields to 64 characters; attribute values never. */
  readonly detail: string;
}

/**
 * Something the host should know. `message` is one sentence for people; the rest is for code.
 *
 * - `refused`: an event failed its checks (or the client is closed, or a hook threw) and was not recorded
 * - `altered`: an event was recorded with attributes left out or cut; `problems` and the event itself name them
 * - `swapped`: in development, type and name look swapped
 * - `off_catalog`: an event does not fit the catalog and was recorded all the same
 * - `dropped`: events were given up, see `reason` and `count`
 * - `rejected`: the next hop refused events for good
 * - `delayed`: for some seconds every try to deliver has failed; events wait. Told once an outage
 * - `paused`: nothing is sent for a while because the next hop refuses us (credentials, address, topic)
 * - `store`: a store fell back to something less safe
 */
export interface Problem {
  readonly code:
    | "refused"
    | "altered"
    | "swapped"
    | "off_catalog"
    | "dropped"
    | "rejected"
    | "delayed"
    | "paused"
    | "store";
  readonly message: string;
  readonly eventType?: string;
  readonly eventName?: string;
  /** What was wrong, for `refused`, `off_catalog` and `altered`: there each `detail` is the name of an attribute. */
  readonly problems?: readonly EventProblem[];
  /** How many events, for `dropped` and `rejected`. */
  readonly count?: number;
  /** Why, for `dropped`, `rejected`, `delayed`, `paused` and `store`. */
  readonly reason?: Reason | { readonly code: DropReason };
  /** What was thrown, where something was. */
  readonly cause?: unknown;
}

/** Called with every problem. What it throws is ignored, and so is the rejection of an asynchronous one. */
export type ProblemHandler = (problem: Problem) => void;
