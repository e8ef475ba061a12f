import type { Batch, Clock, Verdict } from "@activity/core";
import type { Undertaker } from "./dead-letters.ts";
import type { KafkaDriver, KafkaFailure, KafkaRecord } from "./kafka-driver.ts";
import { confirms } from "./kafka-driver.ts";
import type { KafkaTally } from "./kafka-tally.ts";
import { toKafkaVerdict } from "./kafka-verdict.ts";
import type { PartitionTable } from "./partition-table.ts";
import type { RecordOptions } from "./to-records.ts";
import { toRecords } from "./to-records.ts";

/** What an attempt works with. */
export interface KafkaAttemptPort {
  readonly driver: KafkaDriver;
  readonly partitions: PartitionTable;
  readonly records: RecordOptions;
  readonly clock: Clock;
  readonly tally: KafkaTally;
  /** Added to every place, so that processes which record little do not all begin at the first partition. */
  readonly offset: number;
  readonly onlyTopic: boolean;
  readonly bury: Undertaker | undefined;
}

/** Where a batch goes. */
export interface KafkaTarget {
  readonly topic: string;
  readonly place: number;
  readonly signal: AbortSignal;
}

/** One try to send a batch, from connecting to the checked acknowledgement. */
export function createKafkaAttempt(
  port: KafkaAttemptPort,
): (batch: Batch, target: KafkaTarget) => Promise<Verdict> {
  return (batch, target) => new Attempt(port, batch, target).run();
}

class Attempt {
  readonly #port: KafkaAttemptPort;
  readonly #batch: Batch;
  readonly #target: KafkaTarget;

  constructor(port: KafkaAttemptPort, batch: Batch, target: KafkaTarget) {
    this.#port = port;
    this.#batch = batch;
    this.#target = target;
  }

  async run(): Promise<Verdict> {
    const { driver, partitions, records } = this.#port;
    const { topic, signal } = this.#target;
    const connected = await driver.connect(topic);
    if (connected.failure !== undefined) return beforeTheWire(this.#fail(connected.failure));
    const known = await partitions.of(topic);
    if (known.failure !== undefined) return beforeTheWire(this.#fail(known.failure));
    const partition = this.#bind(known.value);
    if (partition === undefined) return beforeTheWire(this.#fail(partitionless));
    // The batch's bytes are only ours until the verdict.
    if (signal.aborted) return aborted;
    return this.#produce(partition, toRecords(this.#batch, records));
  }

  /** The partition that the batch is bound to, at the first try or since; another where that is gone. */
  #bind(partitions: readonly number[]): number | undefined {
    const { place, topic } = this.#target;
    if (partitions.length === 0) this.#port.partitions.forget(topic);
    const bound = partitions.find((partition) => partition === this.#batch.binding);
    const partition = bound ?? partitions[(place + this.#port.offset) % partitions.length];
    this.#batch.binding = partition;
    return partition;
  }

  async #produce(partition: number, records: readonly KafkaRecord[]): Promise<Verdict> {
    const { driver, partitions, clock, tally } = this.#port;
    const { topic } = this.#target;
    const { length: bytes } = this.#batch.bytes;
    const [only] = records.length === 1 ? records : [];
    // When it is refused, an abort may have taken the batch's bytes away.
    const letter = only && { ...only, value: only.value.slice() };
    const startedAt = clock.monotonic();
    const answer = await driver.produce(topic, partition, records);
    if (answer.failure === undefined) {
      if (confirms(answer.value, { topic, partition })) {
        tally.acknowledged(topic, bytes, clock.monotonic() - startedAt);
        return { kind: "delivered" };
      }
      // The topic may have been made anew, with other partitions.
      partitions.forget(topic);
      tally.unconfirmed(topic, unconfirmed.reason);
      return unconfirmed;
    }
    if (answer.failure.kind === "unknown_topic") partitions.forget(topic);
    const verdict = this.#fail(answer.failure);
    return verdict.kind === "rejected" && letter !== undefined ? this.#bury(letter, verdict) : verdict;
  }

  #fail(failure: KafkaFailure): Verdict {
    const { tally, onlyTopic } = this.#port;
    tally.failed(this.#target.topic, failure);
    return toKafkaVerdict(failure, { topic: this.#target.topic, count: this.#batch.count, onlyTopic });
  }

  /** Hands the one event of the batch on before it counts as refused. */
  async #bury(record: KafkaRecord, refusal: Extract<Verdict, { kind: "rejected" }>): Promise<Verdict> {
    const { bury, tally, onlyTopic } = this.#port;
    const { topic, place } = this.#target;
    if (bury === undefined) return refusal;
    const burial = await bury({ record, topic, place, reason: refusal.reason });
    if (burial.outcome === "later") return toKafkaVerdict(burial.failure, { topic, count: 1, onlyTopic });
    tally.deadLetter(burial.outcome);
    if (burial.outcome === "written") return refusal;
    const { code, detail = code } = refusal.reason;
    return { kind: "rejected", reason: { code, detail: `${detail}; no dead letter: ${burial.detail}` } };
  }
}

/** The verdict of a try that ended before anything of its batch was sent. */
function beforeTheWire(verdict: Verdict): Verdict {
  return verdict.kind === "retry" ? { ...verdict, unsent: true } : verdict;
}

/** The verdict of a try that was given up. */
export const aborted: Verdict = { kind: "retry", reason: { code: "aborted" } };

const partitionless: KafkaFailure = {
  kind: "partition",
  reason: { code: "no_partition", detail: "the topic has no partition" },
};

const unconfirmed = {
  kind: "retry",
  reason: {
    code: "unconfirmed",
    detail: "the acknowledgement does not name the topic and partition of the batch",
  },
} as const satisfies Verdict;
