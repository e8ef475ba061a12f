import type {
  KafkaAcknowledgement,
  KafkaAnswer,
  KafkaDriver,
  KafkaFailure,
  KafkaFailureKind,
  KafkaRecord,
} from "../src/kafka-driver.ts";
import type { KafkaStoredRecord, KafkaUnderTest } from "../src/testing/kafka-driver-contract.ts";

interface MemoryTopic {
  readonly partitions: number;
  readonly maxBytes: number;
  readonly records: KafkaStoredRecord[];
}

/** A Kafka of a few lines, and an honest driver for it: what a contract for drivers is tried with. */
export interface MemoryKafka extends KafkaUnderTest {
  readonly topics: ReadonlyMap<string, MemoryTopic>;
  driver(): KafkaDriver;
}

export function memoryKafka(): MemoryKafka {
  const topics = new Map<string, MemoryTopic>();
  let state: "up" | "down" | "frozen" = "up";
  const become = async (next: typeof state): Promise<void> => {
    state = next;
  };

  function driver(): KafkaDriver {
    let closed = false;
    let close = (): void => undefined;
    const closing = new Promise<void>((resolve) => {
      close = resolve;
    });
    const answer = async <T>(act: () => KafkaAnswer<T>): Promise<KafkaAnswer<T>> => {
      if (closed) return failure("closed");
      if (state === "frozen")
        await Promise.race([closing, new Promise((resolve) => setTimeout(resolve, 20))]);
      if (closed) return failure("closed");
      return state === "up" ? act() : failure("unavailable");
    };
    return {
      connect: (topic) =>
        answer<true>(() => (topics.has(topic) ? { value: true } : failure("unknown_topic"))),
      partitions: (topic) =>
        answer<readonly number[]>(() => {
          const found = topics.get(topic);
          return found === undefined
            ? failure("unknown_topic")
            : { value: [...Array(found.partitions).keys()] };
        }),
      produce: (topic, partition, records) => {
        const stored = records.map((record) => toStored(record, partition));
        return answer<readonly KafkaAcknowledgement[]>(() => {
          const found = topics.get(topic);
          if (found === undefined) return failure("unknown_topic");
          if (partition >= found.partitions) return failure("partition");
          if (stored.some(({ value }) => value.length > found.maxBytes)) return failure("too_large");
          found.records.push(...stored);
          return { value: [{ topic, partition }] };
        });
      },
      close: async () => {
        closed = true;
        close();
      },
    };
  }

  return {
    topics,
    driver,
    createTopic: async (name, partitions, settings = {}) => {
      const maxBytes = Number(settings["max.message.bytes"] ?? 1_000_000);
      topics.set(name, { partitions, maxBytes, records: [] });
    },
    readTopic: async (name) =>
      (topics.get(name)?.records ?? []).toSorted((a, b) => a.partition - b.partition),
    stop: () => become("down"),
    start: () => become("up"),
    freeze: () => become("frozen"),
    thaw: () => become("up"),
  };
}

function toStored({ key, value, headers = {} }: KafkaRecord, partition: number): KafkaStoredRecord {
  return { partition, key, value: new TextDecoder().decode(value), headers, timestampMs: Date.now() };
}

function failure(kind: KafkaFailureKind): { readonly failure: KafkaFailure } {
  return { failure: { kind, reason: { code: kind } } };
}
