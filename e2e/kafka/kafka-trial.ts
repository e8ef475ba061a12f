/** What the tests of the Kafka sink share: events with numbers, sinks that retry quickly, and what a topic tells. */
import type { ActivityEvent } from "@activity/core";
import { createEvent } from "@activity/core";
import type { KafkaSink, KafkaSinkOptions } from "@activity/sink-kafka";
import { kafkaSink } from "@activity/sink-kafka";
import type { KafkaBroker, KafkaTopicRecord } from "../support/kafka-broker.ts";

/** Long enough for a broker to come back, on a machine that has other things to do. */
export const patientMs = 60_000;

/** Event number `n` of a source. */
export function eventOf(
  n: number,
  attributes: Record<string, unknown> = {},
  source = "trial",
): ActivityEvent {
  const type = typeof attributes["type"] === "string" ? attributes["type"] : "behavioral";
  return createEvent({
    type,
    name: "login_start",
    id: `${source}.${n}`,
    attributes: { method: "github", ...attributes },
  });
}

/** Events `from` to `to`, both included. */
export function eventsOf(from: number, to: number, source = "trial"): ActivityEvent[] {
  return Array.from({ length: to - from + 1 }, (_, index) => eventOf(from + index, {}, source));
}

/** A sink whose tries follow each other quickly, and which tells nobody. */
export function quickSink(broker: KafkaBroker, options: Partial<KafkaSinkOptions> = {}): KafkaSink {
  return kafkaSink({
    brokers: broker.brokers,
    topic: "events",
    retry: { baseMs: 50, capMs: 400 },
    onProblem: () => undefined,
    ...options,
  });
}

export function idsOf(records: readonly KafkaTopicRecord[]): readonly string[] {
  return records.map(({ value }) => (JSON.parse(value) as { readonly event_id: string }).event_id);
}

/** Which of some ids are missing, and which other ids are there. */
export function compareIds(
  wanted: Iterable<string>,
  records: readonly KafkaTopicRecord[],
): { readonly missing: readonly string[]; readonly foreign: readonly string[] } {
  const expected = new Set(wanted);
  const found = new Set(idsOf(records));
  return {
    missing: [...expected].filter((id) => !found.has(id)),
    foreign: [...found].filter((id) => !expected.has(id)),
  };
}

export function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
}

/** Waits for a condition, at most as long as is patient. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patientMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`${condition.toString()} did not come true`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
