import { join } from "node:path";
import type { Sink } from "@activity/core";
import { fileSink } from "@activity/spool";
import type { IntakeSettings } from "../settings/intake-settings.ts";
import type { KafkaSettings } from "../settings/kafka-settings.ts";

/** With a cap on bytes, so many files share it: retention removes whole files. */
const filesPerCap = 8;
const maxFileBytes = 67_108_864;

/** Where events go: NDJSON files, or Kafka with a spool in front of it. What it has answered for is on disk. */
export async function openSink(settings: IntakeSettings): Promise<Sink> {
  const { directory, kafka, retention } = settings;
  if (kafka !== undefined) return openKafkaSink(kafka, spoolDirectory(directory));
  const share = (retention.maxBytes ?? Number.POSITIVE_INFINITY) / filesPerCap;
  return fileSink({ directory, maxFileBytes: Math.min(maxFileBytes, share) });
}

/** Where events wait for Kafka. */
export function spoolDirectory(directory: string): string {
  return join(directory, "spool");
}

async function openKafkaSink(kafka: KafkaSettings, directory: string): Promise<Sink> {
  const { brokers, topic, keyBy, ssl, sasl, maxSpoolBytes } = kafka;
  // Loaded only where it is used.
  const { kafkaSink } = await import("@activity/sink-kafka");
  return kafkaSink({
    brokers: [...brokers],
    topic,
    keyBy,
    ssl,
    sasl,
    spool: directory,
    spoolMaxBytes: maxSpoolBytes,
  });
}
