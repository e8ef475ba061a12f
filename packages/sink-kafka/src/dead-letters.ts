import type { Reason } from "@activity/core";
import { ActivityError } from "@activity/core";
import type { KafkaDriver, KafkaFailure, KafkaFailureKind, KafkaRecord } from "./kafka-driver.ts";
import { confirms } from "./kafka-driver.ts";
import { checkTopic } from "./kafka-topics.ts";
import type { PartitionTable } from "./partition-table.ts";

/** An event that its topic has refused for good. */
export interface DeadLetter {
  /** The event as JSON. */
  readonly text: string;
  /** The topic that has refused it. */
  readonly topic: string;
  readonly reason: Reason;
}

/**
 * Where events go that their topic has refused for good: another topic, which gets them as they are with the headers
 * `activity_topic`, `activity_reason` and `activity_detail`, or a function.
 */
export type DeadLetters = string | ((letter: DeadLetter) => void | Promise<void>);

/** A refused event on its way. */
export interface RefusedRecord {
  readonly record: KafkaRecord;
  /** Where in the list of partitions it belongs. */
  readonly place: number;
  readonly topic: string;
  readonly reason: Reason;
}

/**
 * What became of a dead letter: written, lost for good with the reason, or to be tried again together with its event
 * since Kafka cannot be reached.
 */
export type Burial =
  | { readonly outcome: "written" }
  | { readonly outcome: "lost"; readonly detail: string }
  | { readonly outcome: "later"; readonly failure: KafkaFailure };

/** Hands on events that were refused for good. */
export type Undertaker = (refused: RefusedRecord) => Promise<Burial>;

/** What dead letters are written with. */
export interface UndertakerPort {
  readonly driver: KafkaDriver;
  readonly partitions: PartitionTable;
  /** The topics of events. */
  readonly topics: readonly string[];
}

/** @throws INVALID_OPTION when the topic is one that events go to, or cannot be one. */
export function createUndertaker(letters: DeadLetters, port: UndertakerPort): Undertaker {
  if (typeof letters === "function") return tellFunction(letters);
  if (port.topics.includes(checkTopic(letters))) {
    throw new ActivityError(
      "INVALID_OPTION",
      `deadLetters is ${letters}, which is a topic of events; another topic or a function is allowed`,
    );
  }
  return writeTo(letters, port);
}

function tellFunction(letters: (letter: DeadLetter) => void | Promise<void>): Undertaker {
  return async ({ record, topic, reason }) => {
    try {
      await letters({ text: new TextDecoder().decode(record.value), topic, reason });
      return { outcome: "written" };
    } catch (cause) {
      return { outcome: "lost", detail: `deadLetters threw: ${String(cause).slice(0, 100)}` };
    }
  };
}

function writeTo(deadTopic: string, { driver, partitions }: UndertakerPort): Undertaker {
  const failed = (failure: KafkaFailure): Burial =>
    isTransient(failure)
      ? { outcome: "later", failure }
      : { outcome: "lost", detail: `${deadTopic} did not take it either: ${failure.reason.code}` };
  return async ({ record, place, topic, reason }) => {
    const connected = await driver.connect(deadTopic);
    if (connected.failure !== undefined) return failed(connected.failure);
    const known = await partitions.of(deadTopic);
    if (known.failure !== undefined) return failed(known.failure);
    const partition = known.value[place % known.value.length] ?? 0;
    const headers = {
      ...record.headers,
      activity_topic: topic,
      activity_reason: reason.code,
      activity_detail: reason.detail ?? "",
    };
    const answer = await driver.produce(deadTopic, partition, [{ ...record, headers }]);
    if (answer.failure !== undefined) return failed(answer.failure);
    return confirms(answer.value, { topic: deadTopic, partition })
      ? { outcome: "written" }
      : { outcome: "later", failure: unconfirmed };
  };
}

const unconfirmed: KafkaFailure = { kind: "partition", reason: { code: "unconfirmed" } };

const transientKinds: readonly KafkaFailureKind[] = [
  "unavailable",
  "partition",
  "credentials",
  "certificate",
  "closed",
];

/** Whether it will pass by itself; an event must not stop its lane until somebody mends the topic of dead letters. */
function isTransient({ kind }: KafkaFailure): boolean {
  return transientKinds.includes(kind);
}
