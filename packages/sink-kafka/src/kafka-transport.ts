import type { Clock, Transport, TransportLimits, Verdict } from "@activity/core";
import { ActivityError, defaultLimits, systemClock } from "@activity/core";
import type { DeadLetters } from "./dead-letters.ts";
import { createUndertaker } from "./dead-letters.ts";
import type { KeyBy } from "./event-key.ts";
import { createEventKey } from "./event-key.ts";
import { aborted, createKafkaAttempt } from "./kafka-attempt.ts";
import type { KafkaDriver } from "./kafka-driver.ts";
import { createKafkaLanes } from "./kafka-lanes.ts";
import type { KafkaCounts, TopicStates } from "./kafka-tally.ts";
import { KafkaTally } from "./kafka-tally.ts";
import type { KafkaTopics } from "./kafka-topics.ts";
import { createTopicTable } from "./kafka-topics.ts";
import { createPartitionTable } from "./partition-table.ts";
import type { KafkaHeaders } from "./to-records.ts";

/** Options of {@link kafkaTransport}. */
export interface KafkaTransportOptions {
  /** One topic for all events, or one for each event type. */
  readonly topic: string | KafkaTopics;
  /** Keys the records, and keeps the order within a key through every retry. @defaultValue no key */
  readonly keyBy?: KeyBy | undefined;
  /**
   * `"partition"` keys every record by its `event_id`, so that a repeat lands in the partition of its original and the
   * log there can be compacted or searched for it. Instead of `keyBy`. Spreads events over all lanes: at a low rate sends
   * are small. @defaultValue no key
   */
  readonly dedupe?: "partition" | undefined;
  /**
   * Headers of a record, for those who route without reading values. Every event is parsed for it: about half of
   * the CPU again for three of them. @defaultValue no headers
   */
  readonly headers?: KafkaHeaders | undefined;
  /**
   * Ordered streams a topic, 1 to 1,024. A lane writes to one partition, so it should be a multiple of the number of
   * partitions; where it is, a key lands in the partition that Kafka's Java client would choose. @defaultValue 24
   */
  readonly lanes?: number | undefined;
  /**
   * Where events go that their topic has refused for good (too large, or invalid): another topic, or a function, which
   * is waited for. They count as rejected all the same. @defaultValue nowhere; they are told to `onProblem`
   */
  readonly deadLetters?: DeadLetters | undefined;
  readonly clock?: Clock | undefined;
}

/** A transport to Kafka that counts what becomes of its sends. */
export interface KafkaTransport extends Transport {
  counts(): KafkaCounts;
  /** Every topic that was written to, with what its last send failed for, if it did. */
  readonly topics: TopicStates;
}

/** Lanes of one topic: a multiple of most numbers of partitions that topics have. */
const defaultLanes = 24;
/** Sends that are under way together, unless the driver takes fewer. More, or larger ones, make kafkajs slower. */
const defaultInFlight = 5;
/** Offsets of lanes without keys are below this: more than the partitions of any topic. */
const maxOffset = 65_536;

/**
 * Writes batches to Kafka: one topic and one partition a send, since a send over several brokers can be acknowledged by
 * kafkajs although one of them has lost its part. The partition is bound at the first send and stays; an
 * acknowledgement that does not name it confirms nothing.
 *
 * @throws INVALID_OPTION when an option is unusable.
 */
export function kafkaTransport(driver: KafkaDriver, options: KafkaTransportOptions): KafkaTransport {
  const { lanes = defaultLanes, clock = systemClock } = options;
  const { maxEvents, maxBytes } = defaultLimits.kafkaBatch;
  const topics = createTopicTable(options.topic);
  const keyBy = checkKeyBy(options);
  const key = createEventKey(keyBy);
  // Events of one id have no order to keep.
  const ordered = options.keyBy !== undefined;
  const router = createKafkaLanes({ topics, key, lanes, sticky: maxEvents });
  const { inFlight = defaultInFlight } = driver;
  const limits: TransportLimits = { maxEvents, maxBytes, inFlight, perLane: ordered ? 1 : inFlight };
  const tally = new KafkaTally();
  const partitions = createPartitionTable(driver, clock);
  const port = { driver, partitions, topics: topics.all.map(({ name }) => name) };
  const attempt = createKafkaAttempt({
    driver,
    partitions,
    records: { key, headers: options.headers },
    clock,
    tally,
    offset: keyBy === undefined ? Math.floor(clock.random() * maxOffset) : 0,
    onlyTopic: topics.all.length === 1,
    bury: options.deadLetters === undefined ? undefined : createUndertaker(options.deadLetters, port),
  });
  return {
    limits,
    counts: () => tally.counts(),
    topics: tally.topics,
    lane: (event) => router.of(event),
    send: (batch, signal) => {
      const { topic, place } = router.read(batch.lane);
      return untilAborted(signal, () => attempt(batch, { topic: topic.name, place, signal }));
    },
    close: () => driver.close(),
  };
}

function checkKeyBy({ keyBy, dedupe }: KafkaTransportOptions): KeyBy | undefined {
  if (dedupe === undefined) return keyBy;
  const problem = dedupe !== "partition" ? `dedupe is ${String(dedupe)}` : "dedupe is set beside keyBy";
  if (dedupe === "partition" && keyBy === undefined) return "event_id";
  throw new ActivityError("INVALID_OPTION", `${problem}; "partition" without keyBy is allowed`);
}

/** A client that cannot be interrupted is left behind: what it still brings changes nothing. */
function untilAborted(signal: AbortSignal, send: () => Promise<Verdict>): Promise<Verdict> {
  if (signal.aborted) return Promise.resolve(aborted);
  return new Promise((resolve, reject) => {
    const abort = (): void => resolve(aborted);
    signal.addEventListener("abort", abort, { once: true });
    send()
      .finally(() => signal.removeEventListener("abort", abort))
      .then(resolve, reject);
  });
}
