/** What a service needs to write its events to Kafka; the client and the small sinks come from core. */
export type {
  ActivityEvent,
  Attributes,
  Client,
  ClientOptions,
  ClientStats,
  Clock,
  ConsoleSinkOptions,
  DropReason,
  FilterSink,
  Importance,
  LedgerSnapshot,
  MemorySink,
  OutboxOptions,
  Problem,
  ProblemHandler,
  Reason,
  RetryOptions,
  Service,
  Sink,
  Store,
  TimeoutOptions,
  Transport,
  WriteOptions,
  WriteOutcome,
} from "@activity/core";
export {
  ActivityError,
  consoleSink,
  createEvent,
  fanOut,
  filter,
  memorySink,
  noopSink,
  parseEvent,
  parseEventText,
} from "@activity/core";
export { addAttributes, runWithAttributes } from "@activity/core/node";
export { createClient } from "./create-client.ts";
export type { DeadLetter, DeadLetters } from "./dead-letters.ts";
export type { KeyBy } from "./event-key.ts";
export type {
  KafkaAcknowledgement,
  KafkaAnswer,
  KafkaDriver,
  KafkaFailure,
  KafkaFailureKind,
  KafkaRecord,
} from "./kafka-driver.ts";
export type { KafkaHealth, KafkaStats } from "./kafka-health.ts";
export type { KafkaMetric, MeasuredSink } from "./kafka-metrics.ts";
export { kafkaMetrics } from "./kafka-metrics.ts";
export type { KafkaSink, KafkaSinkOptions } from "./kafka-sink.ts";
export { kafkaSink } from "./kafka-sink.ts";
export type { KafkaStoreOptions } from "./kafka-store.ts";
export type { KafkaCounts, KafkaSendResult, TopicStates } from "./kafka-tally.ts";
export type { KafkaTopics } from "./kafka-topics.ts";
export type { KafkaTransport, KafkaTransportOptions } from "./kafka-transport.ts";
export { kafkaTransport } from "./kafka-transport.ts";
export type { KafkaCompression } from "./kafkajs-codec.ts";
export type { KafkajsDriverOptions, KafkaSasl, KafkaTls } from "./kafkajs-driver.ts";
export { kafkajsDriver } from "./kafkajs-driver.ts";
export type { KafkaHeaders } from "./to-records.ts";
