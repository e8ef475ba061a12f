import type { ActivityEvent } from "../event/activity-event.ts";
import type { Reason } from "./reason.ts";

/** What one attempt may carry and how many may run. */
export interface TransportLimits {
  /** Events a batch. */
  readonly maxEvents: number;
  /** Bytes a batch, line ends included. A single larger event travels alone. */
  readonly maxBytes: number;
  /** Batches in flight over all lanes. */
  readonly inFlight: number;
  /** Batches in flight in one lane. 1 keeps the order of a lane through every retry. */
  readonly perLane: number;
}

/** What a transport gets: events of one lane, in order, as NDJSON. */
export interface Batch {
  readonly lane: number;
  /** Number of events. */
  readonly count: number;
  /** Every event followed by a line feed. Valid until the verdict; do not keep it. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The text of one event as UTF-8 without its line feed. */
  at(index: number): Uint8Array<ArrayBuffer>;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Free for the transport: what it bound this batch to (a partition, say). Survives every retry. */
  binding?: unknown;
}

/** What one attempt came to. */
export type Verdict =
  | {
      /** The next hop answered for every event but those named. */
      readonly kind: "delivered";
      /** Events refused for good. */
      readonly rejected?: readonly (readonly [index: number, reason: Reason])[] | undefined;
      /** Events to send again, at the front of their lane. */
      readonly retry?: readonly number[] | undefined;
    }
  | {
      /** Nothing is known to have been taken; send the same batch again. */
      readonly kind: "retry";
      readonly reason: Reason;
      /** The next hop's own wish, in milliseconds. Without it the outbox backs off by its schedule. */
      readonly afterMs?: number | undefined;
      /** What is to be left alone meanwhile. @defaultValue "lane" */
      readonly scope?: "lane" | "destination" | undefined;
      /** Certainly nothing went on the wire: the address could not be reached, say. What follows is no repeat. */
      readonly unsent?: boolean | undefined;
      /** Somebody must do something (credentials, address, topic): each reason is told once, until what it paused delivers. */
      readonly attention?: boolean | undefined;
    }
  | {
      /** Too large as a whole: send it in halves. A single event is rejected. */
      readonly kind: "split";
      /** As many events as the next hop says that it takes at once, where it says so. */
      readonly maxEvents?: number | undefined;
    }
  | {
      /** The whole batch is refused for good. */
      readonly kind: "rejected";
      readonly reason: Reason;
    }
  | {
      /** Telemetry is switched off at the next hop: everything that waits is dropped as `consent`, and so is what comes after. */
      readonly kind: "denied";
    };

/**
 * One attempt to hand a batch to the next hop. It reports a verdict; it never logs, retries, sleeps or
 * swallows: that is the outbox's work.
 */
export interface Transport {
  /** Asked for anew for each batch: a transport may learn what its next hop takes. */
  readonly limits: TransportLimits;
  /** The lane of an event: a small non-negative integer. Pure, and needs no connection. Without it all share lane 0. */
  lane?(event: ActivityEvent): number;
  /** Sends once. Never rejects; ends soon after `signal` aborts. */
  send(batch: Batch, signal: AbortSignal): Promise<Verdict>;
  /** Frees connections. Called once, after the last `send` has ended or been aborted. */
  close(): Promise<void>;
}
