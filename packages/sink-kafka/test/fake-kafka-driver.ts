import type { KafkaAnswer, KafkaDriver, KafkaFailureKind, KafkaRecord } from "../src/kafka-driver.ts";

/** One call of `produce` as the fake saw it. */
export interface Produced {
  readonly topic: string;
  readonly partition: number;
  readonly keys: readonly (string | null)[];
  readonly values: readonly string[];
  readonly headers: readonly KafkaRecord["headers"][];
}

type Step = "connect" | "partitions" | "produce";

/** A Kafka whose far side is the test. */
export interface FakeKafkaDriver extends KafkaDriver {
  /** Every call of `produce`, in order. */
  readonly produced: readonly Produced[];
  /** How often each step was asked for. */
  readonly calls: Readonly<Record<Step, number>>;
  /** The partitions of every topic. */
  known: readonly number[];
  /** Answers one step with a failure until told `undefined`. */
  fail(step: Step, kind: KafkaFailureKind | undefined): void;
  /** What `produce` says it has written. */
  acknowledge: (topic: string, partition: number) => readonly { topic: string; partition: number }[];
  /** Lets `produce` wait, before it reads its records, until `release`. */
  hold(): void;
  release(): void;
}

export function fakeKafkaDriver(): FakeKafkaDriver {
  const produced: Produced[] = [];
  const calls = { connect: 0, partitions: 0, produce: 0 };
  const failing = new Map<Step, KafkaFailureKind>();
  let held: Promise<void> | undefined;
  let release = (): void => undefined;

  function answer<T>(step: Step, value: () => T): KafkaAnswer<T> {
    const kind = failing.get(step);
    return kind === undefined ? { value: value() } : { failure: { kind, reason: { code: kind } } };
  }

  const driver: FakeKafkaDriver = {
    produced,
    calls,
    known: [0, 1, 2],
    acknowledge: (topic, partition) => [{ topic, partition }],
    fail: (step, kind) => {
      if (kind === undefined) failing.delete(step);
      else failing.set(step, kind);
    },
    hold: () => {
      held = new Promise((resolve) => {
        release = resolve;
      });
    },
    release: () => release(),
    connect: async () => {
      calls.connect++;
      return answer("connect", () => true as const);
    },
    partitions: async () => {
      calls.partitions++;
      return answer("partitions", () => driver.known);
    },
    produce: async (topic, partition, records) => {
      calls.produce++;
      await held;
      return answer("produce", () => {
        produced.push({
          topic,
          partition,
          keys: records.map(({ key }) => key),
          values: records.map(textOf),
          headers: records.map(({ headers }) => headers),
        });
        return driver.acknowledge(topic, partition);
      });
    },
    close: async () => undefined,
  };
  return driver;
}

function textOf({ value }: KafkaRecord): string {
  return new TextDecoder().decode(value);
}
