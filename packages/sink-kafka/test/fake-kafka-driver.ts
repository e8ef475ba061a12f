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
  /** The same for one topic only. */
  failOn(topic: string, step: Step, kind: KafkaFailureKind | undefined): void;
  /** What `produce` says it has written. */
  acknowledge: (topic: string, partition: number) => readonly { topic: string; partition: number }[];
  /** Lets `produce` wait, when it has read its records, until `release`. */
  hold(): void;
  release(): void;
}

export function fakeKafkaDriver(): FakeKafkaDriver {
  const produced: Produced[] = [];
  const calls = { connect: 0, partitions: 0, produce: 0 };
  const failing = new Map<string, KafkaFailureKind>();
  let held: Promise<void> | undefined;
  let release = (): void => undefined;

  function answer<T>(step: Step, topic: string, value: () => T): KafkaAnswer<T> {
    const kind = failing.get(`${topic} ${step}`) ?? failing.get(step);
    return kind === undefined ? { value: value() } : { failure: { kind, reason: { code: kind } } };
  }

  function set(place: string, kind: KafkaFailureKind | undefined): void {
    if (kind === undefined) failing.delete(place);
    else failing.set(place, kind);
  }

  const driver: FakeKafkaDriver = {
    produced,
    calls,
    known: [0, 1, 2],
    acknowledge: (topic, partition) => [{ topic, partition }],
    fail: (step, kind) => set(step, kind),
    failOn: (topic, step, kind) => set(`${topic} ${step}`, kind),
    hold: () => {
      held = new Promise((resolve) => {
        release = resolve;
      });
    },
    release: () => release(),
    connect: async (topic) => {
      calls.connect++;
      return answer("connect", topic, () => true as const);
    },
    partitions: async (topic) => {
      calls.partitions++;
      return answer("partitions", topic, () => driver.known);
    },
    produce: async (topic, partition, records) => {
      calls.produce++;
      const seen: Produced = {
        topic,
        partition,
        keys: records.map(({ key }) => key),
        values: records.map(textOf),
        headers: records.map(({ headers }) => headers),
      };
      await held;
      return answer("produce", topic, () => {
        produced.push(seen);
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
