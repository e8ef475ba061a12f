import { mkdirSync } from "node:fs";
import { readSegments } from "@activity/spool";
import { startKafka } from "../../../e2e/support/kafka-broker.ts";
import { createTopic, readTopic } from "../../../e2e/support/kafka-client.ts";
import { SegmentTail } from "./arrivals.ts";
import type { DemoOptions } from "./options.ts";

/** Where the cloud services' events end. */
export interface CloudStore {
  readonly title: string;
  /** Where the events stand when everything has ended; `undefined` where they do no more. */
  readonly place: string | undefined;
  /** What the services must be told. */
  readonly environment: Readonly<Record<string, string>>;
  /** Notes what has arrived since the last time. */
  follow(tail: SegmentTail): Promise<void>;
  /** The texts of all events in it. */
  read(): AsyncIterable<string>;
  close(): Promise<void>;
}

const topic = "events";

/** The embedded file sink, or a real Kafka. */
export async function openCloudStore(options: DemoOptions, folder: string): Promise<CloudStore> {
  mkdirSync(folder, { recursive: true });
  return options.kafka ? openKafka(folder) : openFolder(folder);
}

function openFolder(folder: string): CloudStore {
  const own = new SegmentTail(folder);
  return {
    title: "cloud: embedded file sink (no Kafka here; --kafka starts one)",
    place: folder,
    environment: { ACTIVITY_SINK: "file", ACTIVITY_DATA_DIR: folder },
    follow: (tail) => own.read(tail),
    read: () => readSegments(folder),
    close: async () => undefined,
  };
}

async function openKafka(folder: string): Promise<CloudStore> {
  const given = process.env["KAFKA_BROKERS"];
  const broker = given === undefined ? await startKafka() : undefined;
  const brokers = broker?.brokers ?? given?.split(",") ?? [];
  const name = broker === undefined ? `activity-demo-${Date.now()}` : topic;
  await createTopic({ brokers }, { name, partitions: 6, settings: {} });
  let lastReadMs = 0;
  return {
    title: `cloud: Kafka at ${brokers.join(",")}, topic ${name}`,
    place: broker === undefined ? `topic ${name} of ${brokers.join(",")}` : undefined,
    environment: {
      ACTIVITY_SINK: "kafka",
      ACTIVITY_DATA_DIR: folder,
      KAFKA_BROKERS: brokers.join(","),
      KAFKA_TOPIC: name,
    },
    follow: async (tail) => {
      if (Date.now() - lastReadMs < 1_500) return;
      for (const { value } of await readTopic({ brokers }, name)) tail.note(String(value), Date.now());
      lastReadMs = Date.now();
    },
    read: async function* () {
      for (const { value } of await readTopic({ brokers }, name)) yield String(value);
    },
    close: async () => broker?.stop(),
  };
}
