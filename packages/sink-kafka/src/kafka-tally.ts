import type { Reason } from "@activity/core";
import type { KafkaFailure, KafkaFailureKind } from "./kafka-driver.ts";
import { kafkaFailureKinds } from "./kafka-driver.ts";

/** How a send can end: acknowledged, failed in one of the ways of a driver, or with an answer that confirms nothing. */
export type KafkaSendResult = "acknowledged" | KafkaFailureKind | "unconfirmed";

/** Every {@link KafkaSendResult}. */
export const kafkaSendResults: readonly KafkaSendResult[] = [
  "acknowledged",
  ...kafkaFailureKinds,
  "unconfirmed",
];

/** What a transport has counted of its sends. */
export interface KafkaCounts {
  /** Sends by result; absent results are 0. */
  readonly sends: Readonly<Partial<Record<KafkaSendResult, number>>>;
  /** Bytes of the events in acknowledged sends, before compression. */
  readonly sentBytes: number;
  /** Milliseconds that acknowledged sends took, all together. */
  readonly sendMs: number;
  /** Events that were handed on as dead letters. */
  readonly deadLetters: number;
  /** Events that were refused for good and could not be handed on. */
  readonly deadLettersLost: number;
}

/** Every topic that was written to, with what its last send failed for, if it did. */
export type TopicStates = ReadonlyMap<string, Reason | undefined>;

/** Counts what becomes of sends. */
export class KafkaTally {
  readonly #sends: Partial<Record<KafkaSendResult, number>> = {};
  readonly #topics = new Map<string, Reason | undefined>();
  #sentBytes = 0;
  #sendMs = 0;
  #deadLetters = 0;
  #deadLettersLost = 0;

  get topics(): TopicStates {
    return this.#topics;
  }

  acknowledged(topic: string, bytes: number, tookMs: number): void {
    this.#count("acknowledged");
    this.#topics.set(topic, undefined);
    this.#sentBytes += bytes;
    this.#sendMs += tookMs;
  }

  failed(topic: string, { kind, reason }: KafkaFailure): void {
    this.#count(kind);
    // What one event does to its send says nothing about the topic.
    if (kind !== "too_large" && kind !== "invalid") this.#topics.set(topic, reason);
  }

  unconfirmed(topic: string, reason: Reason): void {
    this.#count("unconfirmed");
    this.#topics.set(topic, reason);
  }

  deadLetter(outcome: "written" | "lost"): void {
    if (outcome === "written") this.#deadLetters++;
    else this.#deadLettersLost++;
  }

  counts(): KafkaCounts {
    return {
      sends: { ...this.#sends },
      sentBytes: this.#sentBytes,
      sendMs: this.#sendMs,
      deadLetters: this.#deadLetters,
      deadLettersLost: this.#deadLettersLost,
    };
  }

  #count(result: KafkaSendResult): void {
    this.#sends[result] = (this.#sends[result] ?? 0) + 1;
  }
}
