/**
 * Ways to bring the same calls into a topic: our client and sink, and peers that make the same events themselves. All
 * wait for all in-sync replicas, and none sets headers or keys. kafkajs gets the codecs that ours has, at the same
 * levels; its own gzip would compress at level 6.
 */
import type { KafkaSinkOptions } from "@activity/sink-kafka";
import { createClient, kafkaSink } from "@activity/sink-kafka";
import type { Producer as KafkajsProducer, Message } from "kafkajs";
import kafkajs from "kafkajs";
import { useCodec } from "../../packages/sink-kafka/dist/kafkajs-codec.js";
import { mendKafkajsTimers } from "../../packages/sink-kafka/dist/kafkajs-timers.js";
import type { Arm } from "./measure.ts";
import { common, commonOnWire, installId, type SampleCall, service } from "./sample-events.ts";

export type Compression = "gzip" | "lz4" | "none" | "zstd";

/** Where an arm writes, and how. */
export interface KafkaPlace {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly compression: Compression;
}

/** Messages of one send, and sends under way together, of the peers that batch by hand. */
const batch = { events: 1_000, sends: 5 };
/** Sends under way together where each has one event. */
const outstanding = 1_000;
/** How many calls are made before the loop gives others a turn. */
const turn = 1_000;

/** `createClient` and `kafkaSink` with their defaults, or with other options under another name. */
export function activityArm(
  place: KafkaPlace,
  name = "activity",
  options: Partial<KafkaSinkOptions> = {},
): Arm<SampleCall> {
  let run: (calls: readonly SampleCall[]) => Promise<void>;
  let close: () => Promise<unknown>;
  return {
    name,
    before: async () => {
      const sink = kafkaSink({ ...place, ...options });
      const client = createClient({ sink, service, installId, isDev: false, attributes: common });
      client.track("warm_up");
      await client.flush();
      close = () => client.close();
      run = async (calls) => {
        for (let n = 0; n < calls.length; n++) {
          const { name, attributes } = calls[n] as SampleCall; // Below its length.
          client.track(name, attributes);
          if (n % turn === turn - 1) await new Promise(setImmediate);
        }
        const { delivered, pending, dropped } = await client.flush({ timeoutMs: 120_000 });
        if (delivered !== calls.length + 1)
          throw new Error(
            `${delivered} of ${calls.length + 1} delivered, ${pending} pending, ${dropped} dropped`,
          );
      };
    },
    run: (calls) => run(calls),
    after: () => close().then(() => undefined),
  };
}

/** kafkajs as it comes, 1,000 messages a send and five sends at a time. */
export function kafkajsBatchArm(place: KafkaPlace): Arm<SampleCall> {
  return kafkajsArm("kafkajs 1000×5", place, async (producer, calls) => {
    const send = sender(producer, place);
    await inParallel(batch.sends, chunksOf(calls), (chunk) => send(chunk.map(toText)));
  });
}

/** kafkajs as it is used most: one send an event, at most 1,000 of them unanswered. */
export function kafkajsSingleArm(place: KafkaPlace): Arm<SampleCall> {
  return kafkajsArm("kafkajs, one send an event", place, async (producer, calls) => {
    const send = sender(producer, place);
    await inParallel(outstanding, calls[Symbol.iterator](), (call) => send([toText(call)]));
  });
}

/** @platformatic/kafka, 1,000 messages a send and five sends at a time. */
export async function platformaticArm({ brokers, topic, compression }: KafkaPlace): Promise<Arm<SampleCall>> {
  const { ProduceAcks, Producer, stringSerializers } = await import("@platformatic/kafka");
  let producer: InstanceType<typeof Producer<string, string, string, string>>;
  return {
    name: "@platformatic/kafka 1000×5",
    before: async () => {
      producer = new Producer({
        clientId: "bench",
        bootstrapBrokers: [...brokers],
        serializers: stringSerializers,
        acks: ProduceAcks.ALL,
        compression,
      });
      await producer.send({ messages: [{ topic, value: "warm up" }] });
    },
    run: (calls) =>
      inParallel(batch.sends, chunksOf(calls), async (chunk) => {
        await producer.send({ messages: chunk.map((call) => ({ topic, value: toText(call) })) });
      }),
    after: () => producer.close(),
  };
}

function kafkajsArm(
  name: string,
  { brokers, topic }: KafkaPlace,
  run: (producer: KafkajsProducer, calls: readonly SampleCall[]) => Promise<void>,
): Arm<SampleCall> {
  let producer: KafkajsProducer;
  return {
    name,
    before: async () => {
      await mendKafkajsTimers();
      const kafka = new kafkajs.Kafka({
        brokers: [...brokers],
        clientId: "bench",
        logLevel: kafkajs.logLevel.NOTHING,
      });
      producer = kafka.producer({ allowAutoTopicCreation: false });
      await producer.connect();
      await producer.send({ topic, messages: [{ value: "warm up" }] });
    },
    run: (calls) => run(producer, calls),
    after: () => producer.disconnect(),
  };
}

function sender(
  producer: KafkajsProducer,
  { topic, compression }: KafkaPlace,
): (values: readonly string[]) => Promise<unknown> {
  const codec = useCodec(compression);
  return (values) =>
    producer.send({
      topic,
      acks: -1,
      compression: codec,
      messages: values.map((value): Message => ({ value })),
    });
}

let made = 0;

/** The event as a program without our client makes it: an id, the time, the fields of the service, its attributes. */
function toText({ name, attributes }: SampleCall): string {
  return JSON.stringify({
    event_id: `V1StGXR8_Z5jdHi6B-myT.${++made}`,
    event_time: new Date().toISOString(),
    event_type: "behavioral",
    event_name: name,
    ...commonOnWire,
    ...attributes,
  });
}

function* chunksOf(calls: readonly SampleCall[]): Generator<readonly SampleCall[]> {
  for (let from = 0; from < calls.length; from += batch.events) yield calls.slice(from, from + batch.events);
}

async function inParallel<T>(
  workers: number,
  work: Iterator<T>,
  act: (one: T) => Promise<unknown>,
): Promise<void> {
  const run = async (): Promise<void> => {
    for (let next = work.next(); !next.done; next = work.next()) await act(next.value);
  };
  await Promise.all(Array.from({ length: workers }, run));
}
