import type { Batch, Clock, Transport, TransportLimits, Verdict } from "@activity/core";
import { ActivityError, defaultLimits, systemClock } from "@activity/core";
import type { KeyBy } from "./event-key.ts";
import { createEventKey } from "./event-key.ts";
import type { KafkaAcknowledgement, KafkaAnswer, KafkaDriver } from "./kafka-driver.ts";
import { createKafkaLanes } from "./kafka-lanes.ts";
import type { KafkaTopics } from "./kafka-topics.ts";
import { createTopicTable } from "./kafka-topics.ts";
import { toKafkaVerdict } from "./kafka-verdict.ts";
import type { PartitionTable } from "./partition-table.ts";
import { createPartitionTable } from "./partition-table.ts";
import type { KafkaHeaders, RecordOptions } from "./to-records.ts";
import { toRecords } from "./to-records.ts";

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
   * Headers of a record, for those who route without reading values. Every event is parsed for it, and kafkajs takes
   * about half as long again for three of them. @defaultValue no headers
   */
  readonly headers?: KafkaHeaders | undefined;
  /**
   * Ordered streams a topic, 1 to 1,024. A lane writes to one partition, so it should be a multiple of the number of
   * partitions; where it is, a key lands in the partition that Kafka's Java client would choose. @defaultValue 24
   */
  readonly lanes?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** Lanes of one topic: a multiple of most numbers of partitions that topics have. */
const defaultLanes = 24;
/** Sends that are under way together. More, or larger ones, make kafkajs slower. */
const inFlight = 5;
/** Offsets of lanes without keys are below this: more than the partitions of any topic. */
const maxOffset = 65_536;

/**
 * Writes batches to Kafka: one topic and one partition a send, since a send over several brokers can be acknowledged by
 * kafkajs although one of them has lost its part. The partition is bound at the first send and stays; an
 * acknowledgement that does not name it confirms nothing.
 *
 * @throws INVALID_OPTION when an option is unusable.
 */
export function kafkaTransport(driver: KafkaDriver, options: KafkaTransportOptions): Transport {
  const { lanes = defaultLanes, clock = systemClock } = options;
  const { maxEvents, maxBytes } = defaultLimits.kafkaBatch;
  const topics = createTopicTable(options.topic);
  const keyBy = checkKeyBy(options);
  const key = createEventKey(keyBy);
  // Events of one id have no order to keep.
  const ordered = options.keyBy !== undefined;
  const router = createKafkaLanes({ topics, key, lanes, sticky: maxEvents });
  const limits: TransportLimits = { maxEvents, maxBytes, inFlight, perLane: ordered ? 1 : inFlight };
  const attempt = createAttempt({
    driver,
    records: { key, headers: options.headers },
    partitions: createPartitionTable(driver, clock),
    // Processes that record little must not all begin at the first partition.
    offset: keyBy !== undefined ? 0 : Math.floor(clock.random() * maxOffset),
    onlyTopic: topics.all.length === 1,
  });
  return {
    limits,
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

interface AttemptPort {
  readonly driver: KafkaDriver;
  readonly partitions: PartitionTable;
  readonly records: RecordOptions;
  readonly offset: number;
  readonly onlyTopic: boolean;
}

interface Target {
  readonly topic: string;
  readonly place: number;
  readonly signal: AbortSignal;
}

/** One try to send a batch, from connecting to the checked acknowledgement. */
function createAttempt(port: AttemptPort): (batch: Batch, target: Target) => Promise<Verdict> {
  const { driver, partitions, records, offset, onlyTopic } = port;
  return async (batch, { topic, place, signal }) => {
    const verdictOf = ({ failure }: KafkaAnswer<unknown>): Verdict | undefined =>
      failure && toKafkaVerdict(failure, { count: batch.count, onlyTopic });
    const connected = verdictOf(await driver.connect(topic));
    if (connected !== undefined) return beforeTheWire(connected);
    const known = await partitions.of(topic);
    if (known.failure !== undefined) return beforeTheWire(verdictOf(known) ?? unconfirmed);
    const [first] = known.value;
    if (first === undefined) {
      partitions.forget(topic);
      return partitionless;
    }
    // The batch's bytes are only ours until the verdict.
    if (signal.aborted) return aborted;
    const bound = known.value.find((partition) => partition === batch.binding);
    const partition = bound ?? known.value[(place + offset) % known.value.length] ?? first;
    batch.binding = partition;
    const answer = await driver.produce(topic, partition, toRecords(batch, records));
    const confirmed = answer.failure === undefined && confirms(answer.value, { topic, partition });
    if (confirmed) return { kind: "delivered" };
    // The topic may have been made anew, with other partitions.
    if (answer.failure === undefined || answer.failure.kind === "unknown_topic") partitions.forget(topic);
    return verdictOf(answer) ?? unconfirmed;
  };
}

/** The verdict of a try that ended before anything of its batch was sent. */
function beforeTheWire(verdict: Verdict): Verdict {
  return verdict.kind === "retry" ? { ...verdict, unsent: true } : verdict;
}

const aborted: Verdict = { kind: "retry", reason: { code: "aborted" } };
const partitionless: Verdict = {
  kind: "retry",
  reason: { code: "no_partition", detail: "the topic has no partition" },
  unsent: true,
};
const unconfirmed: Verdict = {
  kind: "retry",
  reason: {
    code: "unconfirmed",
    detail: "the acknowledgement does not name the topic and partition of the batch",
  },
};

function confirms(
  acknowledged: readonly KafkaAcknowledgement[],
  { topic, partition }: KafkaAcknowledgement,
): boolean {
  return acknowledged.some((one) => one.topic === topic && one.partition === partition);
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
