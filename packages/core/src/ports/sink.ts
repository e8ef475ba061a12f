import type { ProblemHandler } from "../errors/problem.ts";
import type { ActivityEvent } from "../event/activity-event.ts";
import type { Reason } from "./reason.ts";

/** How far a write must get before it is answered: in memory, on disk, or confirmed by the next hop. */
export type AckLevel = "queued" | "durable" | "delivered";

/** What became of an event of a write that did not reach the asked level. */
export interface WriteException {
  /** Position in the array that was given to `write`. */
  readonly index: number;
  /**
   * `rejected`: refused for good by the next hop · `dropped`: given up here · `withdrawn`: taken back before
   * it was sent, certainly not delivered · `unknown`: it was in flight when the write was aborted and may
   * still arrive.
   */
  readonly was: "rejected" | "dropped" | "withdrawn" | "unknown";
  readonly reason: Reason;
  /** For `unknown`, from a sink that can tell: settles when the fate of the event is known after all. Never rejects. */
  readonly late?: Promise<LateFate> | undefined;
  /** Where a write goes to several sinks, as by `fanOut`: what became of the event at each, in their order. */
  readonly sinks?: readonly SinkFate[] | undefined;
}

/** What became of an event at one of several sinks: the level that it has reached, why it has not, or `refused`: it never entered. */
export interface SinkFate {
  readonly was: AckLevel | WriteException["was"] | "refused";
  readonly reason?: Reason | undefined;
}

/** What became of an event in flight after its write was aborted; `unknown` where nobody will ever tell. */
export type LateFate = "delivered" | WriteException["was"];

/** The answer to a write. The common case carries no entry for each event. */
export type WriteOutcome =
  | {
      /** Full or closing: provably nothing entered. */
      readonly state: "refused";
      readonly reason: Reason;
      readonly retryAfterMs?: number | undefined;
    }
  | {
      readonly state: "done";
      /** The level that every event not named in `except` has reached. Never less than asked for. */
      readonly reached: AckLevel;
      readonly except?: readonly WriteException[] | undefined;
    };

/** Counts of events given up, by reason. Closed union: see {@link dropReasons}. */
export type DropCounts = Readonly<Partial<Record<DropReason, number>>>;

/** Every reason for which a client gives an event up. */
export const dropReasons = [
  "capacity",
  "expired",
  "closed",
  "consent",
  "rate_limited",
  "identity_gone",
  "cleared",
  "retention",
  "corrupt",
  "undeliverable",
] as const;

/** Why a client gave an event up. */
export type DropReason = (typeof dropReasons)[number];

/**
 * The counters of one outbox, each counted, none derived. They always balance:
 * `recorded + adopted = delivered + handedOver + pending + rejected + dropped + withdrawn`.
 */
export interface LedgerSnapshot {
  /** Events accepted by this sink. */
  readonly recorded: number;
  /** Events taken over from another process. */
  readonly adopted: number;
  /** Events that the next hop confirmed. */
  readonly delivered: number;
  /** Events left in a store that outlives this sink, for another process to deliver. */
  readonly handedOver: number;
  /** Events waiting or in flight. */
  readonly pending: number;
  /** Events that the next hop refused for good. */
  readonly rejected: number;
  /** Events given up here. */
  readonly dropped: number;
  /** `dropped` by reason; absent reasons are 0. */
  readonly droppedBy: DropCounts;
  /** Events of an aborted write, taken back before they were sent or when their attempt had failed; their sender keeps them. */
  readonly withdrawn: number;
  /** Events put on the wire a second or later time. Not part of the balance. */
  readonly repeats: number;
}

/** Bounds for `flush` and `close`. */
export interface TimeoutOptions {
  /** Milliseconds to wait at most. */
  readonly timeoutMs?: number | undefined;
}

/** Options of {@link Sink.write}. */
export interface WriteOptions {
  /** The level to wait for. @defaultValue "delivered" */
  readonly until?: AckLevel | undefined;
  /**
   * Ends the wait. Events not yet sent are withdrawn; those in flight are reported `unknown` and are never
   * retried here, since whoever called `write` keeps them.
   */
  readonly signal?: AbortSignal | undefined;
}

/** Where a client writes events. */
export interface Sink {
  /** Takes one event. Synchronous; never throws, never waits. */
  record(event: ActivityEvent): void;
  /** Takes events and answers when they have reached a level. Never rejects. */
  write(events: readonly ActivityEvent[], options?: WriteOptions): Promise<WriteOutcome>;
  /** Waits until every event recorded before the call is settled, or for `timeoutMs`. Never rejects. */
  flush(options?: TimeoutOptions): Promise<LedgerSnapshot>;
  /**
   * Stops taking events, waits for those in flight and waiting, or for `timeoutMs`, and frees everything.
   * A second call returns the first one's promise. Never rejects.
   */
  close(options?: TimeoutOptions): Promise<LedgerSnapshot>;
  /** The counters now. */
  stats(): LedgerSnapshot;
  /**
   * Gives up everything that waits, counted by this reason. What is under way is given up unless it is
   * delivered. After `consent` nothing is taken or sent any more.
   */
  discard?(reason: DropReason): void;
  /** Where problems are told. A client sets it where the host has not. */
  onProblem?: ProblemHandler | undefined;
}
