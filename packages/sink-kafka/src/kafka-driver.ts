import type { Reason } from "@activity/core";

/** One record to produce. Its time is the time of producing: a device's wrong clock must not decide about retention. */
export interface KafkaRecord {
  readonly key: string | null;
  /** The event as UTF-8. Only there until `produce` has returned its promise. */
  readonly value: Uint8Array;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/**
 * What kept a driver from doing what it was told.
 *
 * - `unavailable`: no answer, no connection, or nothing that is known; also of a broker that says so in strange words
 * - `partition`: that partition takes nothing for now: no leader, a new leader, too few replicas
 * - `unknown_topic`: there is no such topic, or its name cannot be one
 * - `forbidden`: these credentials may not write to the topic
 * - `credentials`: the login was refused
 * - `certificate`: nobody vouches for a broker's certificate, or the broker wants another of ours
 * - `unsupported`: the cluster does not take what we send: the compression, say
 * - `too_large`: at least one record, or all together, is more than the topic takes
 * - `invalid`: at least one record is refused for good
 * - `closed`: the driver has been closed
 */
export const kafkaFailureKinds = [
  "unavailable",
  "partition",
  "unknown_topic",
  "forbidden",
  "credentials",
  "certificate",
  "unsupported",
  "too_large",
  "invalid",
  "closed",
] as const;

/** One of {@link kafkaFailureKinds}. */
export type KafkaFailureKind = (typeof kafkaFailureKinds)[number];

/** A typed failure; the reason is for people and for counting. */
export interface KafkaFailure {
  readonly kind: KafkaFailureKind;
  readonly reason: Reason;
}

/** What a call came to. Exactly one of the two is there. */
export type KafkaAnswer<T> =
  | { readonly value: T; readonly failure?: undefined }
  | { readonly value?: undefined; readonly failure: KafkaFailure };

/** Where records were written, as the brokers said it. */
export interface KafkaAcknowledgement {
  readonly topic: string;
  readonly partition: number;
}

/**
 * A Kafka client as the transport needs it. It never rejects, never logs, and tries once: retries are the outbox's
 * work. Each topic stands alone, so that a missing one does not disturb the others.
 */
export interface KafkaDriver {
  /** Sends that may be under way together. @defaultValue 5 */
  readonly inFlight?: number | undefined;
  /** Makes ready to write to a topic. Harmless when it is; asked again before every send. */
  connect(topic: string): Promise<KafkaAnswer<true>>;
  /** The partitions that a topic has now, ascending. */
  partitions(topic: string): Promise<KafkaAnswer<readonly number[]>>;
  /**
   * Writes all records to one partition of one topic, in order, and resolves with what all in-sync replicas have
   * acknowledged. A failure says that nothing is known to have been written. Reads the values before it returns its
   * promise: afterwards their bytes are used for others.
   */
  produce(
    topic: string,
    partition: number,
    records: readonly KafkaRecord[],
  ): Promise<KafkaAnswer<readonly KafkaAcknowledgement[]>>;
  /** Ends every connection; soon, also when brokers do not answer. What is under way fails. May be called twice. */
  close(): Promise<void>;
}

/** Whether an acknowledgement names this topic and partition. */
export function confirms(
  acknowledged: readonly KafkaAcknowledgement[],
  { topic, partition }: KafkaAcknowledgement,
): boolean {
  return acknowledged.some((one) => one.topic === topic && one.partition === partition);
}
