import type { ActivityEvent } from "@activity/core";
import { type KafkaSinkOptions, kafkaSink } from "@activity/sink-kafka";
import { Kafka, logLevel } from "kafkajs";

/** A program that writes events to a topic and believes what it is told. */
export interface FailoverWriter {
  /** Resolves with the events that were acknowledged. */
  write(events: readonly ActivityEvent[]): Promise<readonly ActivityEvent[]>;
  /** Waits for what is under way, a minute at most. */
  close(): Promise<void>;
}

export interface FailoverTarget {
  readonly brokers: readonly string[];
  readonly topic: string;
  /** Attribute whose value is the key of a record. */
  readonly keyBy: string | undefined;
}

const patientMs = 60_000;

/** Ours, as the README has it but for the options that are given. */
export function createSinkWriter(
  { brokers, topic, keyBy }: FailoverTarget,
  options: Partial<KafkaSinkOptions> = {},
): FailoverWriter {
  const sink = kafkaSink({ brokers, topic, keyBy, onProblem: () => undefined, ...options });
  return {
    write: async (events) => {
      const outcome = await sink.write(events, { until: "delivered" });
      if (outcome.state === "refused") return [];
      const except = new Set(outcome.except?.map(({ index }) => index));
      return events.filter((_, index) => !except.has(index));
    },
    close: async () => {
      await sink.close({ timeoutMs: patientMs });
    },
  };
}

/** The control: kafkajs with its own defaults, a send for each write. */
export async function createPlainWriter({ brokers, topic, keyBy }: FailoverTarget): Promise<FailoverWriter> {
  const kafka = new Kafka({ brokers: [...brokers], clientId: "control", logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  const underWay = new Set<Promise<unknown>>();
  await producer.connect();
  const send = async (events: readonly ActivityEvent[]): Promise<readonly ActivityEvent[]> => {
    const messages = events.map((event) => ({ key: keyOf(event, keyBy), value: event.text }));
    try {
      await producer.send({ topic, acks: -1, messages });
      return events;
    } catch {
      return []; // It says that it failed: nothing was acknowledged.
    }
  };
  return {
    write: (events) => {
      const sending = send(events);
      underWay.add(sending);
      void sending.then(() => underWay.delete(sending));
      return sending;
    },
    close: async () => {
      await Promise.all(underWay);
      await producer.disconnect();
    },
  };
}

function keyOf(event: ActivityEvent, keyBy: string | undefined): string | null {
  return keyBy === undefined ? null : String(event.toJSON()[keyBy]);
}
