import { dropReasons } from "@activity/core";
import type { KafkaHealth, KafkaStats } from "./kafka-health.ts";
import { kafkaSendResults } from "./kafka-tally.ts";

/** One number for a monitoring system, under the names that Prometheus wants. */
export interface KafkaMetric {
  readonly name: string;
  readonly kind: "counter" | "gauge";
  /** One sentence. */
  readonly help: string;
  /** The name of the label that tells its samples apart, where there is more than one. */
  readonly label?: string;
  readonly samples: readonly { readonly value: number; readonly labels: Readonly<Record<string, string>> }[];
}

/** What the metrics are read from: a Kafka sink. */
export interface MeasuredSink {
  stats(): KafkaStats;
  health(): KafkaHealth;
}

/**
 * Everything that is counted in a Kafka sink, under names that do not change within a major version. Counters begin at 0
 * with the sink. Meant for the collect function of a metrics library.
 */
export function kafkaMetrics(sink: MeasuredSink): readonly KafkaMetric[] {
  const stats = sink.stats();
  const { topics, filled } = sink.health();
  const up = Object.entries(topics).map(([topic, state]) => [topic, Number(state.up)]);
  return [
    counter("events_total", "Events by what became of them.", ["outcome", outcomesOf(stats)]),
    counter("dropped_events_total", "Events given up here, by reason.", [
      "reason",
      withAll(dropReasons, stats.droppedBy),
    ]),
    counter("repeated_events_total", "Events put on the wire again.", stats.repeats),
    counter("sends_total", "Sends by result.", ["result", withAll(kafkaSendResults, stats.sends)]),
    counter(
      "sent_bytes_total",
      "Bytes of events in acknowledged sends, before compression.",
      stats.sentBytes,
    ),
    counter("send_seconds_total", "Time that acknowledged sends took.", stats.sendMs / 1_000),
    counter("dead_letters_total", "Events refused for good, by whether they were handed on.", [
      "result",
      { written: stats.deadLetters, lost: stats.deadLettersLost },
    ]),
    gauge("pending_events", "Events waiting or in flight.", stats.pending),
    gauge("pending_bytes", "Bytes of events waiting or in flight.", stats.pendingBytes),
    gauge("store_filled_ratio", "How full the store is.", filled),
    gauge("topic_up", "1 when the last send to a topic was acknowledged.", ["topic", Object.fromEntries(up)]),
  ];
}

type Value = number | readonly [label: string, byLabel: Readonly<Partial<Record<string, number>>>];

/** A label that is there from the beginning, at 0, makes its first increase visible. */
function withAll(
  names: readonly string[],
  counts: Readonly<Partial<Record<string, number>>>,
): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, counts[name] ?? 0]));
}

function outcomesOf(stats: KafkaStats): Record<string, number> {
  return {
    recorded: stats.recorded,
    adopted: stats.adopted,
    delivered: stats.delivered,
    handed_over: stats.handedOver,
    rejected: stats.rejected,
    dropped: stats.dropped,
    withdrawn: stats.withdrawn,
  };
}

function counter(name: string, help: string, value: Value): KafkaMetric {
  return { name: `activity_kafka_${name}`, kind: "counter", help, ...samplesOf(value) };
}

function gauge(name: string, help: string, value: Value): KafkaMetric {
  return { name: `activity_kafka_${name}`, kind: "gauge", help, ...samplesOf(value) };
}

function samplesOf(value: Value): Pick<KafkaMetric, "label" | "samples"> {
  if (typeof value === "number") return { samples: [{ value, labels: {} }] };
  const [label, byLabel] = value;
  const samples = Object.entries(byLabel).map(([key, one = 0]) => ({ value: one, labels: { [label]: key } }));
  return { label, samples };
}
