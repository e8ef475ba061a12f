import type { Clock, Problem, ProblemHandler, Store } from "@activity/core";
import { ActivityError, createMemoryStore, defaultLimits } from "@activity/core";
import { createSpoolStore } from "@activity/spool";
import type { KafkaTopics } from "./kafka-topics.ts";

/** Where events wait until Kafka has them. */
export interface KafkaStoreOptions {
  /**
   * A spool written ahead: an event is on disk when `record` returns, arrives even when the process is killed or closed
   * during an outage, and never expires. `true`: in the platform's place for the state of `app` · a path: in that
   * directory · `false`: in memory. A spool belongs to its topic; the brokers may change. @defaultValue false
   */
  readonly spool?: boolean | string | undefined;
  /** The service's name: its spool stands below it. @defaultValue "activity" */
  readonly app?: string | undefined;
  /** What the spool holds at most, on disk. @defaultValue 64 MiB */
  readonly spoolMaxBytes?: number | undefined;
  /** What memory holds at most; above it the oldest of the least important go. @defaultValue 100,000 events, 64 MiB */
  readonly memory?:
    | { readonly maxEvents?: number | undefined; readonly maxBytes?: number | undefined }
    | undefined;
  /** A store of your own instead of both. */
  readonly store?: Store | undefined;
  readonly clock?: Clock | undefined;
}

/** What a store depends on beside its options. */
export interface KafkaStorePort {
  readonly topic: string | KafkaTopics;
  /** Told what the spool has to say, also before anybody listens. */
  readonly tell: ProblemHandler;
}

/** @throws INVALID_OPTION when options contradict each other. */
export function createKafkaStore(options: KafkaStoreOptions, { topic, tell }: KafkaStorePort): Store {
  const { spool = false, app, spoolMaxBytes, memory = {}, store, clock } = options;
  const lease = defaultLimits.kafkaBatch;
  if (store !== undefined && spool !== false)
    throw new ActivityError("INVALID_OPTION", "spool is set beside store; one of them is allowed");
  if (store !== undefined) return store;
  if (spool === "")
    throw new ActivityError("INVALID_OPTION", "spool is empty; a path, true or false is allowed");
  if (spool !== false) {
    return createSpoolStore({
      app,
      clock,
      lease,
      maxBytes: spoolMaxBytes,
      directory: typeof spool === "string" ? spool : undefined,
      destination: `kafka:${typeof topic === "string" ? topic : topic.default}`,
      // It speaks up while the outbox is made, before it is known who listens.
      onProblem: (problem: Problem) => queueMicrotask(() => tell(problem)),
    });
  }
  const { events, bytes } = defaultLimits.kafkaMemoryStore;
  const { maxEvents = events, maxBytes = bytes } = memory;
  return createMemoryStore({ maxEvents, maxBytes, lease, clock });
}
